import { useState } from 'react';
import { OverlayNotice } from '../../design/overlay-notice.tsx';
import type { AgentPlace } from '../../routing/agent-place.ts';
import { useAgentState } from '../../state/hosted.ts';
import './storage-notice.css';

/** Shows that nothing more can be stored, on every screen of the agent for as long as it is so. */
export function StorageNotice({ go }: { readonly go: (place: AgentPlace) => void }) {
  const failure = useAgentState(({ storage }) => storage?.failure);
  const [closed, setClosed] = useState<string>();
  if (failure === undefined) return null;
  const isOpen = closed !== failure.code;
  return (
    <div className="storage-notice">
      <button
        type="button"
        className="storage-notice-mark"
        aria-expanded={isOpen}
        onClick={() => setClosed(isOpen ? failure.code : undefined)}
      >
        <span aria-hidden="true">✗</span> {failure.title}
      </button>
      {isOpen && (
        <OverlayNotice label={failure.title} tone="bad" close={() => setClosed(failure.code)}>
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
