import { conversationOf, type GroupView } from '../../agent/contracts/group-views.ts';
import type { ExchangeView } from '../../agent/contracts/views.ts';
import { readObject } from './body.ts';
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

/** Returns the fingerprint of the key of an agent's own leaf in a group now; undefined when it is in none. */
export async function leafKeyOf({ agent, agentId }: LabAgent, groupId: string): Promise<string | undefined> {
  const epochs = await agent.groups.epochs(groupId);
  return epochs.at(-1)?.nodes.find(({ kind, member }) => kind === 'leaf' && member === agentId)?.keyFingerprint;
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

/** Returns how many messages of others an agent shows in a group. */
export function countHeard(agent: LabAgent, groupId: string): number {
  return allHeard(agent, groupId, '').length;
}

function exchangesOf({ snapshot }: LabAgent, groupId: string, text: string): readonly ExchangeView[] {
  return snapshot().exchanges.filter(
    ({ peerId, parameters }) => peerId === conversationOf(groupId) && JSON.stringify(parameters).includes(text),
  );
}

/** Entries of the audit trail that are looked through, the newest first. */
const lookedThrough = 400;

/** Returns the code under which an agent skipped the entry of an index, by its audit trail; undefined when it did not. */
export async function skippedBy(agent: LabAgent, groupId: string, index: number): Promise<Refusal | undefined> {
  const { entries } = await agent.agent.audit.page(undefined, lookedThrough);
  for (const { text } of entries) {
    const { group_id, log_index, skipped } = readObject(text) ?? {};
    if (group_id !== groupId || log_index !== index) continue;
    return typeof skipped === 'string' ? { by: agent.party, code: skipped, of: 'entry' } : undefined;
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
