import { useState } from 'react';
import type { FailureView } from '../../agent/contracts/views.ts';
import { FailureLine } from './failure-line.tsx';
import { OverlayNotice } from './overlay-notice.tsx';

/** Shows a failure over what stands below, until the person closes it or another one comes; nothing without one. */
export function FailureOverlay({ failure }: { readonly failure: FailureView | undefined }) {
  const [closed, setClosed] = useState<FailureView>();
  if (failure === undefined || isSame(failure, closed)) return null;
  return (
    <OverlayNotice label={failure.title} tone="bad" close={() => setClosed(failure)}>
      <FailureLine failure={failure} />
    </OverlayNotice>
  );
}

function isSame(one: FailureView, other: FailureView | undefined): boolean {
  return one.code === other?.code && one.detail === other.detail;
}
