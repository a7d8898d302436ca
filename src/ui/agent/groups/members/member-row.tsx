import type { GroupMemberView, GroupView } from '../../../../agent/contracts/group-views.ts';
import { PartyMark } from '../../../design/party.tsx';
import { VerifyButton } from '../../../verify/verify-button.tsx';
import { memberNotes } from '../words/member-notes.ts';
import { MemberActions } from './member-actions.tsx';

interface MemberRowProps {
  readonly member: GroupMemberView;
  readonly group: GroupView;
  /** This agent is not in the group any more: nothing can be done. */
  readonly isOver: boolean;
}

/** Shows a member: its role, whether its key is verified, and whatever else is to be known of it. */
export function MemberRow({ member, group, isOver }: MemberRowProps) {
  const { agentId, isSelf, isAdmin, sinceEpoch } = member;
  const notes = memberNotes(member);
  return (
    <li className="member">
      <p className="member-name">
        <PartyMark agentId={agentId} /> <span>{agentId}</span>
      </p>
      <p className="member-facts small muted">
        <span>{isAdmin ? 'admin' : 'member'}</span>
        {isSelf ? (
          <span>this agent</span>
        ) : (
          <VerifyButton
            peerId={agentId}
            className="session-verify"
            words={{ unverified: 'not verified', verified: 'verified ✓', changed: 'key changed ✗' }}
          />
        )}
        {/* Epoch 0 has the maker of the group alone, and nobody else sees it. */}
        <span title="The first epoch in which this agent saw it as a member">
          {sinceEpoch === 0 ? 'since the beginning' : `since epoch ${sinceEpoch}`}
        </span>
        {notes.map(({ word, tone, about }) => (
          <span key={word} className="member-note" data-tone={tone} title={about}>
            {word}
          </span>
        ))}
      </p>
      {notes.some(({ tone }) => tone !== 'plain') && (
        <p className="member-about small">
          {notes
            .filter(({ tone }) => tone !== 'plain')
            .map(({ about }) => about)
            .join(' ')}
        </p>
      )}
      {group.isAdmin && !isSelf && !isOver && <MemberActions member={member} group={group} />}
    </li>
  );
}
