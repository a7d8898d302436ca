import { useEffect, useId, useRef } from 'react';
import { conversationOf, type GroupView } from '../../../../agent/contracts/group-views.ts';
import { lazyView } from '../../../frame/lazy-view.tsx';
import type { LookingAtGroup } from '../../../inspector/group/looking.ts';
import { type AgentPlace, type Go, type GroupTab, talkPlace } from '../../../routing/agent-place.ts';
import { useDraftFile } from '../../../state/drafts.ts';
import { useAgentState, useHosted } from '../../../state/hosted.ts';
import { GroupSendBox } from '../box/group-send-box.tsx';
import { InvitationCard } from '../invitation/invitation-card.tsx';
import { MembersPane } from '../members/members-pane.tsx';
import { GroupStanding } from '../standing/group-standing.tsx';
import { GroupConversation } from '../talk/group-conversation.tsx';
import { isPast } from '../words/group-status.ts';
import { GroupHeader } from './group-header.tsx';
import './group-pane.css';
import { NoGroup } from './no-group.tsx';
import { useFileDrop } from './use-file-drop.ts';
import { useSeenGroup } from './use-seen-group.ts';

const GroupTreeView = lazyView(
  async () => (await import('../../../inspector/group/group-tree-view.tsx')).GroupTreeView,
);
const GroupKeysView = lazyView(
  async () => (await import('../../../inspector/group/group-keys-view.tsx')).GroupKeysView,
);

interface GroupPaneProps {
  readonly groupId: string;
  readonly place: AgentPlace;
  readonly go: Go;
}

/** Shows a group, or an invitation into it, or that there is none at this address. */
export function GroupPane({ groupId, place, go }: GroupPaneProps) {
  const group = useAgentState(({ groups }) => groups.find((each) => each.groupId === groupId));
  const invitation = useAgentState(({ invitations }) => invitations.find((each) => each.groupId === groupId));
  const view = useRef<HTMLDivElement>(null);
  const peerId = group?.peerId;
  useEffect(() => {
    // A group of two is the conversation with the other one.
    if (peerId !== undefined) go(talkPlace(peerId), { replace: true });
  }, [peerId, go]);
  useSeenGroup(view, groupId, place.groupTab !== undefined ? 0 : (group?.unread ?? 0));
  return (
    <div className="talk" ref={view}>
      {group !== undefined && <Group group={group} place={place} go={go} />}
      {group === undefined && invitation !== undefined && <InvitationCard invitation={invitation} go={go} />}
      {group === undefined && invitation === undefined && <NoGroup go={go} />}
    </div>
  );
}

interface GroupProps {
  readonly group: GroupView;
  readonly place: AgentPlace;
  readonly go: (place: AgentPlace) => void;
}

function Group({ group, place, go }: GroupProps) {
  const { groupId } = group;
  const { groupTab: tab = 'conversation', at } = place;
  const panelId = useId();
  const { agentId } = useHosted();
  const [file, setFile] = useDraftFile(agentId, conversationOf(groupId));
  const canWrite = !isPast(group) && group.status !== 'leaving';
  const drop = useFileDrop(canWrite && tab === 'conversation' ? setFile : undefined);
  const newest: AgentPlace = { section: 'talk', tab: 'conversation', groupId };
  const show = (next: GroupTab) => go({ ...newest, ...(next === 'conversation' ? {} : { groupTab: next }) });
  const look = ({ epoch, who, open }: LookingAtGroup) =>
    go({
      ...newest,
      groupTab: tab,
      ...(epoch === undefined ? {} : { epoch }),
      ...(who === undefined ? {} : { who }),
      ...(open === undefined ? {} : { open }),
    });
  return (
    <>
      <GroupHeader group={group} tab={tab} show={show} panelId={panelId} />
      <div
        id={panelId}
        className={`talk-view talk-view-${tab} group-view`}
        role="tabpanel"
        // The log of a conversation has the keyboard itself.
        tabIndex={tab === 'conversation' ? -1 : 0}
        aria-label={tab}
        data-holds-file={drop.isOver || undefined}
        {...drop.handlers}
      >
        {tab === 'members' && <MembersPane group={group} />}
        {tab === 'tree' && <GroupTreeView key={groupId} group={group} looking={place} look={look} />}
        {tab === 'keys' && <GroupKeysView key={groupId} group={group} looking={place} look={look} />}
        {tab === 'conversation' && (
          <>
            <GroupConversation key={at ?? ''} group={group} place={place} go={go} />
            <GroupStanding group={group} go={go} />
            {canWrite && (
              <GroupSendBox
                group={group}
                file={file}
                chooseFile={setFile}
                sending={() => {
                  // What is sent stands at the end.
                  if (at !== undefined) go(newest);
                }}
              />
            )}
          </>
        )}
      </div>
    </>
  );
}
