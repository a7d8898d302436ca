import type { GroupView } from '../../../../agent/contracts/group-views.ts';
import { conversationOf } from '../../../../agent/contracts/group-views.ts';
import { formatCount } from '../../../design/format.ts';
import { GroupMark } from '../../../design/group-mark.tsx';
import { UntrustedText } from '../../../design/untrusted-text.tsx';
import { UnreadMark } from '../../../frame/unread-mark.tsx';
import type { AgentPlace } from '../../../routing/agent-place.ts';
import { PlaceLink } from '../../../routing/place-link.tsx';
import { useHosted } from '../../../state/hosted.ts';
import { isPast, statusWord } from '../words/group-status.ts';

interface GroupRowProps {
  readonly group: GroupView;
  readonly isShown: boolean;
  readonly go: (place: AgentPlace) => void;
}

/** Shows a group in the list: its name, how many members it has, and how this agent stands in it. */
export function GroupRow({ group, isShown, go }: GroupRowProps) {
  const { agentId } = useHosted();
  const { groupId, name, members, isAdmin } = group;
  const word = statusWord(group);
  return (
    <li className="group-row" data-shown={isShown || undefined}>
      <p className="group-name" title={name}>
        <GroupMark />{' '}
        <PlaceLink place={{ section: 'talk', tab: 'conversation', groupId }} go={go} isCurrent={isShown}>
          <UntrustedText text={name} />
        </PlaceLink>
        <UnreadMark agentId={agentId} peerId={conversationOf(groupId)} />
      </p>
      <p className="group-facts small muted">
        {!isPast(group) && (
          <span>
            {formatCount(members.length, 'member')}
            {isAdmin && ' · admin'}
          </span>
        )}
        {word !== undefined && <span className={isPast(group) ? undefined : 'group-standing-word'}>{word}</span>}
      </p>
    </li>
  );
}
