import { useRef } from 'react';
import { useAgentState, useHosted } from './hosted.ts';
import { isRealNetwork } from './network.ts';
import { useIsPast } from './now.ts';
import { extentOf, type Presence, presenceOf } from './presence.ts';
import { peersPerPage, usePeers } from './use-peers.ts';

/** Milliseconds between looks at the directory while the page is in view. */
export const refreshMs = isRealNetwork ? 30_000 : 5_000;
/** Milliseconds after which what the directory has said is old. */
const oldMs = 3 * refreshMs;

/** What the answer of a query says of its age. */
type Answered = Pick<ReturnType<typeof usePeers>, 'dataUpdatedAt' | 'error' | 'fetchStatus' | 'isPlaceholderData'>;

/** True while what the directory has said holds: it was asked lately, and this agent is connected to its server. */
export function useIsCurrent({ dataUpdatedAt, error, fetchStatus, isPlaceholderData }: Answered): boolean {
  const answeredAt = useRef(dataUpdatedAt);
  // While another page is read the entries of the earlier read are shown, and are as old as they are.
  if (!isPlaceholderData) answeredAt.current = dataUpdatedAt;
  const isOld = useIsPast(answeredAt.current + oldMs);
  const isCutOff = useAgentState(({ line }) => line?.status === 'connecting' || line?.status === 'waiting');
  return !isOld && !isCutOff && error === null && fetchStatus !== 'paused';
}

/** Returns what is known of a peer by the first page of the directory. */
export function usePresence(peerId: string): Presence {
  const query = usePeers(useHosted(), { refreshMs });
  const isCurrent = useIsCurrent(query);
  const { data } = query;
  const entry = data?.find(({ agentId }) => agentId === peerId);
  return presenceOf(entry, { isCurrent, isWhole: extentOf(query, peersPerPage).isWhole });
}
