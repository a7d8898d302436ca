import { useQuery } from '@tanstack/react-query';
import { agentsInUse } from '../../platform/agent-lock.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { readNames } from '../state/directory-names.ts';
import { entryOf } from '../state/free-names.ts';

/** Milliseconds between looks at what other tabs have open. */
const refreshMs = 5_000;

interface KnownAgentStateProps {
  readonly agentId: string;
  /** False while its keys have no name: what the directory says of the name is then about another agent. */
  readonly isRegistered: boolean;
}

/** Shows where an agent of this browser is open, or that nobody accepts it any more; nothing while that is not known. */
export function KnownAgentState({ agentId, isRegistered }: KnownAgentStateProps) {
  const { data: inUse } = useQuery({
    queryKey: ['known-agents', 'in-use'],
    queryFn: agentsInUse,
    refetchInterval: refreshMs,
  });
  const { data: status } = useQuery({
    queryKey: ['known-agents', 'status', agentId],
    queryFn: async () => (isAgentId(agentId) && (await entryOf(agentId, readNames))?.status) || null,
    enabled: isRegistered,
  });
  if (isRegistered && status === 'revoked') return <span className="home-known-revoked">✕ revoked</span>;
  return inUse?.has(agentId) === true ? <span className="home-known-open">● open in a tab</span> : null;
}
