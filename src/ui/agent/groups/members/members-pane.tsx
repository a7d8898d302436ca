import { useRef, useState } from 'react';
import type { GroupView } from '../../../../agent/contracts/group-views.ts';
import { formatCount } from '../../../design/format.ts';
import { useOneStop } from '../../../design/one-stop.ts';
import { isPast } from '../words/group-status.ts';
import { GroupSettings } from './group-settings.tsx';
import { MemberRow } from './member-row.tsx';
import './members.css';

/** Members that are drawn until more are asked for. */
const page = 50;

/** Shows who is in a group, what is known of each member, and what its admins can do. */
export function MembersPane({ group }: { readonly group: GroupView }) {
  const { members } = group;
  const [shown, setShown] = useState(page);
  const list = useRef<HTMLUListElement>(null);
  useOneStop(list, { rows: '.member', start: 'first' });
  const sorted = [...members].sort(
    (a, b) =>
      Number(b.isSelf) - Number(a.isSelf) ||
      Number(b.isAdmin) - Number(a.isAdmin) ||
      a.agentId.localeCompare(b.agentId, 'en'),
  );
  return (
    <div className="members">
      <GroupSettings group={group} />
      <h3 className="members-heading">{formatCount(members.length, 'member')}</h3>
      <ul ref={list} className="members-list" aria-label={`Members of ${group.name}`}>
        {sorted.slice(0, shown).map((member) => (
          <MemberRow key={member.agentId} member={member} group={group} isOver={isPast(group)} />
        ))}
      </ul>
      {shown < members.length && (
        <button type="button" className="button members-more" onClick={() => setShown(shown + page)}>
          Show more
        </button>
      )}
    </div>
  );
}
