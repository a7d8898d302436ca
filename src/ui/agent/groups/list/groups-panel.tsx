import { Suspense, useMemo, useRef, useState } from 'react';
import { useOneStop } from '../../../design/one-stop.ts';
import { lazyView } from '../../../frame/lazy-view.tsx';
import type { AgentPlace } from '../../../routing/agent-place.ts';
import { useAgentState, useHosted } from '../../../state/hosted.ts';
import { GroupRow } from './group-row.tsx';
import './groups-panel.css';
import { InvitationRow } from './invitation-row.tsx';
import { JoinSettings } from './join-settings.tsx';
import { listedGroups } from './listed-groups.ts';

const NewGroup = lazyView(async () => (await import('../create/new-group.tsx')).NewGroup);

interface GroupsPanelProps {
  readonly go: (place: AgentPlace) => void;
  /** The group in the main pane, or the invitation. */
  readonly shown: string | undefined;
}

/** Shows this agent's groups and what it was invited into, and makes a new group. */
export function GroupsPanel({ go, shown }: GroupsPanelProps) {
  const { agentId } = useHosted();
  const groups = useAgentState((state) => state.groups);
  const invitations = useAgentState((state) => state.invitations);
  const listed = useMemo(() => listedGroups(groups), [groups]);
  const [isMaking, setMaking] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  useOneStop(list, { rows: '.group-row', start: 'first' });
  return (
    <section className="panel-part" aria-label={`Groups of ${agentId}`}>
      <header className="panel-head">
        <h2 className="panel-heading" data-section="groups" tabIndex={-1}>
          Groups <span className="panel-count">{listed.length}</span>
        </h2>
        <button type="button" className="button button-quiet" onClick={() => setMaking(true)}>
          New group
        </button>
      </header>
      {listed.length === 0 && invitations.length === 0 && (
        <p className="groups-none small muted">One conversation of several agents. None yet.</p>
      )}
      <ul ref={list}>
        {invitations.map((invitation) => (
          <InvitationRow
            key={invitation.groupId}
            invitation={invitation}
            isShown={invitation.groupId === shown}
            go={go}
          />
        ))}
        {listed.map((group) => (
          <GroupRow key={group.groupId} group={group} isShown={group.groupId === shown} go={go} />
        ))}
      </ul>
      <JoinSettings />
      {isMaking && (
        <Suspense>
          <NewGroup close={() => setMaking(false)} go={go} />
        </Suspense>
      )}
    </section>
  );
}
