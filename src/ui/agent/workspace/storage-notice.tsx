import { OverlayNotice } from '../../design/overlay-notice.tsx';
import { useClosed } from '../../design/use-closed.ts';
import type { AgentPlace } from '../../routing/agent-place.ts';
import { useAgentState } from '../../state/hosted.ts';
import './storage-notice.css';

/** Shows that nothing more can be stored, on every screen of the agent for as long as it is so. */
export function StorageNotice({ go }: { readonly go: (place: AgentPlace) => void }) {
  const failure = useAgentState(({ storage }) => storage?.failure);
  const { isClosed, close, open } = useClosed(failure?.code);
  if (failure === undefined) return null;
  return (
    <div className="storage-notice">
      <button type="button" className="storage-notice-mark" aria-expanded={!isClosed} onClick={isClosed ? open : close}>
        <span aria-hidden="true">✗</span> {failure.title}
      </button>
      {!isClosed && (
        <OverlayNotice label={failure.title} tone="bad" close={close}>
          <p role="alert">
            <strong>{failure.title}.</strong> {failure.detail} Parley sends and answers nothing that it cannot store.
            Your text stays in its box. <code>{failure.code}</code>
          </p>
          {failure.code === 'storage_full' && (
            <p>
              <button type="button" className="button" onClick={() => go({ section: 'history', tab: 'conversation' })}>
                Make room
              </button>
            </p>
          )}
        </OverlayNotice>
      )}
    </div>
  );
}
