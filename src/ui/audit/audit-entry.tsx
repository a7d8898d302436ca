import type { AuditEntryView } from '../../agent/contracts/history-views.ts';
import { CopyButton } from '../design/copy-button.tsx';
import { formatDateTime } from '../design/format.ts';
import { UntrustedText } from '../design/untrusted-text.tsx';
import { type AgentPlace, startingPlace, talkPlace } from '../routing/agent-place.ts';
import { useAgentState } from '../state/hosted.ts';
import type { Disclosures } from './disclosures.ts';
import { TryAgain } from './try-again.tsx';
import type { OpenEntry } from './use-open-entry.ts';

interface AuditEntryPanelProps {
  readonly open: OpenEntry;
  /** As the address has it. */
  readonly index: string;
  readonly disclosures: Disclosures;
  readonly close: () => void;
  readonly go: (place: AgentPlace) => void;
}

/** Shows the open entry, or why it cannot be shown. */
export function AuditEntryPanel({ open, index, disclosures, close, go }: AuditEntryPanelProps) {
  return (
    <section className="audit-entry" aria-label="The open entry">
      <header className="audit-entry-head">
        <h3>
          Entry {index} {open.state === 'read' && <span className="muted">{formatDateTime(open.entry.at)}</span>}
        </h3>
        <button type="button" className="button button-quiet" onClick={close}>
          Close
        </button>
      </header>
      {open.state === 'loading' && <p className="muted">Loading</p>}
      {open.state === 'absent' && <p className="muted">There is no entry of this number.</p>}
      {open.state === 'failed' && <TryAgain failure={open.failure} again={open.again} isAtWork={false} />}
      {open.state === 'read' && <ReadEntry entry={open.entry} disclosures={disclosures} go={go} />}
    </section>
  );
}

interface ReadEntryProps extends Pick<AuditEntryPanelProps, 'disclosures' | 'go'> {
  readonly entry: AuditEntryView;
}

/** Shows an entry as it is hashed, its hash, and whether its message is disclosed in an export. */
function ReadEntry({ entry, disclosures, go }: ReadEntryProps) {
  const session = useAgentState(({ sessions }) =>
    sessions.find(({ sessionId }) => entry.sessionId !== undefined && sessionId === entry.sessionId),
  );
  return (
    <>
      <p>
        <UntrustedText text={entry.words} />
      </p>
      {(session !== undefined || entry.peerId !== undefined) && (
        <p className="audit-acts">
          {session !== undefined && (
            <button
              type="button"
              className="button"
              onClick={() => go({ section: 'talk', sessionId: session.sessionId, tab: 'handshake' })}
            >
              Handshake
            </button>
          )}
          {entry.peerId !== undefined && (
            <button
              type="button"
              className="button"
              onClick={() => go(entry.peerId === undefined ? startingPlace : talkPlace(entry.peerId))}
            >
              Conversation
            </button>
          )}
        </p>
      )}
      {entry.canDisclose === true && (
        <label className="audit-disclose">
          <input
            type="checkbox"
            checked={disclosures.chosen.includes(entry.index)}
            onChange={() => disclosures.toggle(entry.index)}
          />
          <span>Disclose the content, in the clear, to everybody who gets the exported file</span>
        </label>
      )}
      <div>
        <p className="audit-entry-label muted">
          hash of this entry <CopyButton text={() => entry.hash} label="the hash of this entry" />
        </p>
        <code className="audit-entry-hash">{entry.hash}</code>
      </div>
      <div>
        <p className="audit-entry-label muted">
          the entry <CopyButton text={() => entry.text} label="the entry" />
        </p>
        <pre className="audit-entry-text">
          <UntrustedText text={entry.text} />
        </pre>
      </div>
    </>
  );
}
