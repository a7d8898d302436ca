import { Fragment } from 'react';
import type { SessionView } from '../../../agent/contracts/views.ts';
import { ConfirmButton } from '../../design/confirm-button.tsx';
import { FailureOverlay } from '../../design/failure-overlay.tsx';
import { formatDateTime, formatDuration, formatRelativeTime, shortId } from '../../design/format.ts';
import { TabList } from '../../design/tab-list.tsx';
import type { SessionTab } from '../../routing/agent-place.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { useNow } from '../../state/now.ts';
import { resumedWord } from './resumed-words.ts';
import { TalkHeader } from './talk-header.tsx';
import { useStanding } from './use-standing.ts';
import { useUpdateKeys } from './use-update-keys.ts';

interface SessionHeaderProps {
  readonly session: SessionView;
  readonly tab: SessionTab;
  readonly show: (tab: SessionTab) => void;
}

/** Shows which session this is, its state, and the views of it. */
export function SessionHeader({ session, tab, show }: SessionHeaderProps) {
  const { engine, clear } = useHosted();
  const keyBits = useAgentState(({ phase }) => (phase.phase === 'ready' ? phase.identity.keyBits : undefined));
  const keys = useUpdateKeys(session.sessionId);
  const status = useStanding(session);
  const { peerId, sessionId, resumes, handshakeMs, failure, unreachable } = session;
  return (
    <>
      <TalkHeader
        peerId={peerId}
        brief={<Standing session={session} />}
        facts={[
          <Fragment key="before">
            <span title={sessionId}>
              session <code>{shortId(sessionId)}</code>
            </span>
            {resumes !== undefined && (
              <span title={`It resumes session ${resumes}, without a new handshake`}>
                {resumedWord(status)} <code>{shortId(resumes)}</code>
                {handshakeMs !== undefined && (
                  <span className="session-header-more"> in {formatDuration(handshakeMs)}</span>
                )}
              </span>
            )}
          </Fragment>,
          <Fragment key="after">
            {session.epoch !== undefined && <span title="How often its keys were updated">epoch {session.epoch}</span>}
            <Standing session={session} />
            {handshakeMs !== undefined && resumes === undefined && (
              <span className="session-header-more session-header-time">handshake {formatDuration(handshakeMs)}</span>
            )}
            <span className="session-header-more">
              {resumes === undefined ? `RSA-${keyBits} + ` : ''}X25519 + ML-KEM-768
            </span>
            {unreachable && <span className="session-status-HANDSHAKING">peer not reached last time</span>}
          </Fragment>,
        ]}
        actions={
          <>
            {status === 'ESTABLISHED' && (
              <>
                <button
                  type="button"
                  className="button button-quiet"
                  disabled={keys.isAtWork}
                  title="Makes new keys for this session: whoever stole the old ones cannot read later messages"
                  onClick={keys.update}
                >
                  {keys.isAtWork ? 'Updating keys' : 'Update keys'}
                </button>
                <ConfirmButton
                  label="Disconnect"
                  className="button button-quiet"
                  heading={`Disconnect from ${peerId}?`}
                  description="Both sides erase the keys of this session, so nothing more can be sent over it. The conversation stays. Connecting again takes one handshake."
                  confirm="Disconnect"
                  action={() => engine.disconnect(sessionId)}
                />
              </>
            )}
            <ConfirmButton
              label="Clear"
              className="button button-quiet"
              heading="Clear traffic and traces?"
              description="This erases traffic, traces and ended sessions from memory, and deletes the stored recordings of ended sessions. Open sessions stay open. Conversations stay stored: delete them under History."
              confirm="Clear"
              action={clear}
            />
          </>
        }
      />
      <div className="tabs">
        <TabList label="Views of the session" tabs={tabs} tab={tab} show={show} panelId={`panel-${sessionId}`} />
      </div>
      <FailureOverlay failure={failure} isSaidElsewhere={tab === 'handshake'} />
      <FailureOverlay failure={status === 'ESTABLISHED' ? keys.failure : undefined} />
    </>
  );
}

function Standing({ session }: { readonly session: SessionView }) {
  const now = useNow();
  const { expiresAt } = session;
  const status = useStanding(session);
  if (status !== 'ESTABLISHED') return <span className={`session-status session-status-${status}`}>{status}</span>;
  return <span title={formatDateTime(expiresAt * 1000)}>expires {formatRelativeTime(expiresAt * 1000, now)}</span>;
}

const tabs: readonly (readonly [tab: SessionTab, word: string])[] = [
  ['conversation', 'Conversation'],
  ['handshake', 'Handshake'],
  ['keys', 'Keys'],
  ['timing', 'Timing'],
  ['wire', 'Wire'],
];
