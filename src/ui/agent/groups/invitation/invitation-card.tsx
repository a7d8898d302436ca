import { useState } from 'react';
import type { InvitationView } from '../../../../agent/contracts/group-views.ts';
import { FailureLine } from '../../../design/failure-line.tsx';
import { formatCount, formatDateTime, formatRelativeTime } from '../../../design/format.ts';
import { GroupMark } from '../../../design/group-mark.tsx';
import { PartyMark } from '../../../design/party.tsx';
import { UntrustedText } from '../../../design/untrusted-text.tsx';
import { type AgentPlace, startingPlace } from '../../../routing/agent-place.ts';
import { useHosted } from '../../../state/hosted.ts';
import { useNow } from '../../../state/now.ts';
import { useTask } from '../../../state/use-task.ts';
import { VerifyButton } from '../../../verify/verify-button.tsx';
import '../../../design/notice.css';
import './invitation-card.css';

/** Members that are named until all are asked for. */
const namedAtFirst = 12;

interface InvitationCardProps {
  readonly invitation: InvitationView;
  readonly go: (place: AgentPlace) => void;
}

/** Shows who invites into what, who is in it and until when, and asks. Nothing of the group runs before. */
export function InvitationCard({ invitation, go }: InvitationCardProps) {
  const { engine, agentId } = useHosted();
  const now = useNow();
  const { isAtWork, failure, run } = useTask();
  const { groupId, kind, name, inviter, inviterVerification, members, until } = invitation;
  const isDirect = kind === 'direct';
  const others = members.filter((member) => member !== agentId);
  return (
    <section className="invitation" aria-labelledby={`invitation-${groupId}`}>
      <h2 id={`invitation-${groupId}`} tabIndex={-1}>
        <GroupMark /> {isDirect ? `${inviter} left messages for you` : <UntrustedText text={name} />}
      </h2>
      <dl className="invitation-facts">
        <div>
          <dt>inviter</dt>
          <dd>
            <PartyMark agentId={inviter} /> {inviter}{' '}
            <VerifyButton
              peerId={inviter}
              className="session-verify small"
              words={{ unverified: 'not verified', verified: 'verified ✓', changed: 'key changed ✗' }}
            />
          </dd>
        </div>
        {!isDirect && (
          <div>
            <dt>{formatCount(members.length, 'member')}, you included</dt>
            <dd>
              <Members members={others} />
            </dd>
          </div>
        )}
        <div>
          <dt>accept until</dt>
          <dd>
            <time dateTime={new Date(until).toISOString()} title={formatDateTime(until)}>
              {formatDateTime(until)}, {formatRelativeTime(until, now)}
            </time>
          </dd>
        </div>
      </dl>
      <p className="muted">
        {isDirect
          ? 'If you accept, this agent reads what was left and answers what has not expired.'
          : 'If you accept, this agent reads what is sent from its invitation on, and answers requests of members as it does in a conversation of two. Who is in the group is what the inviter says until each member was heard.'}
        {inviterVerification === 'changed' && ' The inviter’s signing key has changed: decide about the key first.'}
      </p>
      <div className="notice-actions">
        <button
          type="button"
          className="button button-primary"
          disabled={isAtWork}
          onClick={() => void run(() => engine.acceptInvitation(groupId))}
        >
          {isAtWork ? 'Working' : 'Accept'}
        </button>
        <button
          type="button"
          className="button"
          disabled={isAtWork}
          onClick={() =>
            void run(async () => {
              await engine.declineInvitation(groupId);
              go(startingPlace);
            })
          }
        >
          Decline
        </button>
      </div>
      {failure !== undefined && <FailureLine failure={failure} />}
    </section>
  );
}

function Members({ members }: { readonly members: readonly string[] }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? members : members.slice(0, namedAtFirst);
  return (
    <ul className="invitation-members">
      {shown.map((agentId) => (
        <li key={agentId}>
          <PartyMark agentId={agentId} /> {agentId}
        </li>
      ))}
      {shown.length < members.length && (
        <li>
          <button type="button" className="json-more" onClick={() => setWhole(true)}>
            Show all {members.length}
          </button>
        </li>
      )}
    </ul>
  );
}
