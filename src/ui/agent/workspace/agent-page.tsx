import { useCallback } from 'react';
import { useLocation } from 'wouter';
import { isAgentId } from '../../../protocol/ids.ts';
import { NotFoundPage } from '../../frame/not-found-page.tsx';
import { PageHeader } from '../../frame/page-header.tsx';
import { TabIcon } from '../../frame/tab-icon.tsx';
import { type AgentPlace, agentAddress, isSameView } from '../../routing/agent-place.ts';
import { useUnreadTotal } from '../../state/unread.ts';
import './agent-page.css';
import { Workspace } from './workspace.tsx';

/** Shows one agent, filling the window. */
export function AgentPage({ agentId, place }: { readonly agentId: string; readonly place: AgentPlace }) {
  const [, navigate] = useLocation();
  const go = useCallback(
    (next: AgentPlace, { replace }: { readonly replace: boolean } = { replace: false }) =>
      navigate(agentAddress(agentId, next), { replace: replace || isSameView(place, next) }),
    [agentId, navigate, place],
  );
  const unread = useUnreadTotal(agentId);
  if (!isAgentId(agentId)) {
    return (
      <NotFoundPage
        reason={`“${agentId.slice(0, 64)}” cannot be the name of an agent: 3 to 63 characters, a to z, 0 to 9 and _, a letter first.`}
      />
    );
  }
  return (
    <div className="agent-page">
      <title>{`${unread > 0 ? `(${unread}) ` : ''}${agentId} · Parley`}</title>
      <TabIcon agentId={agentId} isUnread={unread > 0} />
      <PageHeader />
      <main id="main" className="agent-page-main">
        <Workspace agentId={agentId} place={place} go={go} />
      </main>
    </div>
  );
}
