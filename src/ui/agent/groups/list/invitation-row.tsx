import { conversationOf, type InvitationView } from '../../../../agent/contracts/group-views.ts';
import { GroupMark } from '../../../design/group-mark.tsx';
import { PartyMark } from '../../../design/party.tsx';
import { UntrustedText } from '../../../design/untrusted-text.tsx';
import { UnreadMark } from '../../../frame/unread-mark.tsx';
import type { AgentPlace } from '../../../routing/agent-place.ts';
import { PlaceLink } from '../../../routing/place-link.tsx';
import { useHosted } from '../../../state/hosted.ts';

interface InvitationRowProps {
  readonly invitation: InvitationView;
  readonly isShown: boolean;
  readonly go: (place: AgentPlace) => void;
}

/** Shows an invitation in the list, and leads to it. */
export function InvitationRow({ invitation, isShown, go }: InvitationRowProps) {
  const { agentId } = useHosted();
  const { groupId, kind, name, inviter } = invitation;
  return (
    <li className="group-row" data-shown={isShown || undefined} data-invitation>
      <p className="group-name" title={name}>
        <GroupMark />{' '}
        <PlaceLink place={{ section: 'talk', tab: 'conversation', groupId }} go={go} isCurrent={isShown}>
          {kind === 'direct' ? `Messages left by ${inviter}` : <UntrustedText text={name} />}
        </PlaceLink>
        <UnreadMark agentId={agentId} peerId={conversationOf(groupId)} />
      </p>
      <p className="group-facts small muted">
        <span>
          invitation of <PartyMark agentId={inviter} /> {inviter}
        </span>
      </p>
    </li>
  );
}
