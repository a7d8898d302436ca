import type { FailureView } from '../../agent/contracts/views.ts';
import { FailureLine } from './failure-line.tsx';
import { OverlayNotice } from './overlay-notice.tsx';
import { useClosed } from './use-closed.ts';

interface FailureOverlayProps {
  readonly failure: FailureView | undefined;
  /** True while what stands below shows the failure itself. */
  readonly isSaidElsewhere?: boolean;
}

/** Shows a failure over what stands below, until the person closes it or another one comes; nothing without one. */
export function FailureOverlay({ failure, isSaidElsewhere = false }: FailureOverlayProps) {
  const { isClosed, close } = useClosed(failure && `${failure.code} ${failure.detail}`);
  if (failure === undefined || isClosed || isSaidElsewhere) return null;
  return (
    <OverlayNotice label={failure.title} tone="bad" close={close}>
      <FailureLine failure={failure} />
    </OverlayNotice>
  );
}
