import type { Recording } from '../../../recording/recording.ts';
import type { PointOfView } from '../../routing/agent-place.ts';
import type { ScheduleNode } from './schedule-model.ts';

/** Returns a text of the schedule with the agents' names in it. */
export function named(text: string, { client, server }: Recording['session']): string {
  return text.replaceAll('{client}', client.agentId).replaceAll('{server}', server.agentId);
}

/** True when a party can know a node: the agents know it all, an observer what is public, the Controller none of it. */
export function visibleTo({ kind }: Pick<ScheduleNode, 'kind'>, pov: PointOfView | undefined): boolean {
  return pov === undefined || pov === 'client' || pov === 'server' || (pov === 'observer' && kind === 'transcript');
}
