import type { ReactNode } from 'react';
import { Notice } from '../design/notice.tsx';
import { DrawBoundary } from '../frame/draw-boundary.tsx';

/** Shows a screen instead of an empty page when drawing one failed. */
export function ErrorBoundary({ children }: { readonly children: ReactNode }) {
  return <DrawBoundary fallback={<PageFailed />}>{children}</DrawBoundary>;
}

function PageFailed() {
  return (
    <main id="main">
      <Notice tone="bad" heading="This page could not be drawn">
        <p>
          Keys and certificates are safe: they live in the browser’s storage, not on this page. Sessions that were open
          here have ended.
        </p>
        <p>
          <button type="button" className="button button-primary" onClick={() => location.reload()}>
            Load the page again
          </button>
        </p>
      </Notice>
    </main>
  );
}
