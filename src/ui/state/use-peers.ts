import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { PeerView } from '../../agent/contracts/views.ts';
import type { HostedAgent } from './hosted-agent.ts';

/** Peers of a page of the directory. */
export const peersPerPage = 100;

interface Shown {
  /** Milliseconds between looks, when it is looked at again by itself. */
  readonly refreshMs?: number;
  /** Pages that are read; 1 when it is not given. */
  readonly pages?: number;
}

/** Returns the first pages of the Controller's directory of every other agent, read once for all who show them. */
export function usePeers(
  { engine, agentId }: Pick<HostedAgent, 'engine' | 'agentId'>,
  { refreshMs, pages = 1 }: Shown = {},
) {
  return useQuery({
    queryKey: ['peers', agentId, pages],
    queryFn: () => readPages(engine, pages),
    placeholderData: keepPreviousData,
    ...(refreshMs === undefined ? {} : { refetchInterval: refreshMs }),
  });
}

async function readPages(engine: HostedAgent['engine'], pages: number): Promise<readonly PeerView[]> {
  const peers: PeerView[] = [];
  for (let page = 0; page < pages; page += 1) {
    const after = peers.at(-1)?.agentId;
    const more = await engine.peers({ limit: peersPerPage, ...(after === undefined ? {} : { after }) });
    peers.push(...more);
    if (more.length < peersPerPage) break;
  }
  return peers;
}
