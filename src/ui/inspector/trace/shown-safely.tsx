import type { ReactNode } from 'react';
import { Notice } from '../../design/notice.tsx';
import { DrawBoundary } from '../../frame/draw-boundary.tsx';

/** Shows a notice in place of a view that a file's content kept from being drawn. The page around it stays. */
export function ShownSafely({ children }: { readonly children: ReactNode }) {
  return <DrawBoundary fallback={<NotDrawn />}>{children}</DrawBoundary>;
}

function NotDrawn() {
  return (
    <Notice tone="bad" heading="This trace cannot be drawn">
      <p>The file is well formed, but its content is inconsistent. Export the trace again, or open another.</p>
    </Notice>
  );
}
