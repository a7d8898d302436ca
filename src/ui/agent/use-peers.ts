import { useQuery } from '@tanstack/react-query';
import type { HostedAgent } from '../state/hosted-agent.ts';

/** The Controller's directory of every other agent, read once for all who show it; `refreshMs` apart when that is given. */
export function usePeers({ engine, agentId }: Pick<HostedAgent, 'engine' | 'agentId'>, refreshMs?: number) {
  return useQuery({
    queryKey: ['peers', agentId],
    queryFn: () => engine.peers(),
    ...(refreshMs === undefined ? {} : { refetchInterval: refreshMs }),
  });
}
