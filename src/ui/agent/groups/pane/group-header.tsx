import { useState } from 'react';
import { createPortal } from 'react-dom';
import type { GroupView } from '../../../../agent/contracts/group-views.ts';
import { Fold } from '../../../design/fold.tsx';
import { formatCount } from '../../../design/format.ts';
import { GroupMark } from '../../../design/group-mark.tsx';
import { TabList } from '../../../design/tab-list.tsx';
import { UntrustedText } from '../../../design/untrusted-text.tsx';
import type { GroupTab } from '../../../routing/agent-place.ts';
import { useHeaderSlot } from '../../sessions/header-slot.ts';
import { InviteMembers } from '../members/invite-members.tsx';
import { LeaveGroup } from '../standing/leave-group.tsx';
import { isPast, statusWord } from '../words/group-status.ts';

const tabs: readonly (readonly [tab: GroupTab, word: string])[] = [
  ['conversation', 'Conversation'],
  ['members', 'Members'],
  ['tree', 'Tree'],
  ['keys', 'Keys'],
];

interface GroupHeaderProps {
  readonly group: GroupView;
  readonly tab: GroupTab;
  readonly show: (tab: GroupTab) => void;
  /** The id of the element that shows what is chosen. */
  readonly panelId: string;
}

/** Shows which group this is, how it stands, and the views of it. */
export function GroupHeader({ group, tab, show, panelId }: GroupHeaderProps) {
  const slot = useHeaderSlot();
  const [isInviting, setInviting] = useState(false);
  const { name, members, epoch, isAdmin, status } = group;
  const word = statusWord(group);
  const count = formatCount(members.length, 'member');
  const header = (
    <header className="session-header">
      <h2 title={name}>
        <GroupMark /> <UntrustedText text={name} />
      </h2>
      <p className="session-header-brief fold-only small muted">{word ?? count}</p>
      <Fold label={`About ${name}`}>
        <div className="session-header-facts muted">
          {!isPast(group) && (
            <>
              <span>{count}</span>
              <span title="How often the keys of the group have changed">epoch {epoch}</span>
            </>
          )}
          {word !== undefined && <span className={isPast(group) ? undefined : 'group-standing-word'}>{word}</span>}
          <span className="session-header-more">ML-KEM-768 + X25519 · AES-256-GCM</span>
        </div>
        <div className="session-header-actions">
          {isAdmin && status === 'member' && (
            <button type="button" className="button button-quiet" onClick={() => setInviting(true)}>
              Invite
            </button>
          )}
          {!isPast(group) && status !== 'leaving' && <LeaveGroup group={group} className="button button-quiet" />}
        </div>
      </Fold>
      {isInviting && <InviteMembers group={group} close={() => setInviting(false)} />}
    </header>
  );
  return (
    <>
      {slot === null ? header : createPortal(header, slot)}
      <div className="tabs">
        <TabList label={`Views of ${name}`} tabs={tabs} tab={tab} show={show} panelId={panelId} />
      </div>
    </>
  );
}
