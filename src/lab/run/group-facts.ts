import { conversationOf, type GroupView } from '../../agent/contracts/group-views.ts';
import type { ExchangeView } from '../../agent/contracts/views.ts';
import type { Refusal } from './scenario.ts';
import type { LabAgent } from './world.ts';

/** Returns a group as an agent sees it; undefined when the agent knows no such group. */
export function groupOf({ agent }: LabAgent, groupId: string): GroupView | undefined {
  return agent.groups.list().find((group) => group.groupId === groupId);
}

/** Returns the agent_ids that an agent sees as members, joined by a comma. */
export function membersOf(agent: LabAgent, groupId: string): string {
  return (groupOf(agent, groupId)?.members ?? [])
    .map(({ agentId }) => agentId)
    .sort()
    .join(', ');
}

/** Returns what an agent has said in a group with this text in it. */
export function said(agent: LabAgent, groupId: string, text: string): ExchangeView | undefined {
  return exchangesOf(agent, groupId, text).find(({ direction }) => direction === 'outgoing');
}

/** Returns the first message of others in a group with this text in it. */
export function heard(agent: LabAgent, groupId: string, text: string): ExchangeView | undefined {
  return allHeard(agent, groupId, text)[0];
}

/** Returns every message of others in a group with this text in it. */
export function allHeard(agent: LabAgent, groupId: string, text: string): readonly ExchangeView[] {
  return exchangesOf(agent, groupId, text).filter(({ direction }) => direction === 'incoming');
}

function exchangesOf({ snapshot }: LabAgent, groupId: string, text: string): readonly ExchangeView[] {
  return snapshot().exchanges.filter(
    ({ peerId, parameters }) => peerId === conversationOf(groupId) && JSON.stringify(parameters).includes(text),
  );
}

/** Returns the code under which an agent skipped the commit entry of an index; undefined when it did not. */
export async function skippedBy(agent: LabAgent, groupId: string, index: number): Promise<Refusal | undefined> {
  const events = await agent.agent.groups.events(groupId);
  for (const { index: at, what } of events) {
    if (at === index && what.kind === 'skipped') return { by: agent.party, code: what.code, of: 'entry' };
  }
  return undefined;
}

/** Returns how an agent sees a group, as a sentence. */
export function tellGroup(agent: LabAgent, groupId: string): string {
  const group = groupOf(agent, groupId);
  if (group === undefined) return `${agent.agentId} is in no such group.`;
  const { status, epoch, name } = group;
  return `${agent.agentId} says: ${status} of “${name}”, epoch ${epoch}, with ${membersOf(agent, groupId)}.`;
}
