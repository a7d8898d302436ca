import type { Caller, DeliveryContext } from './context.ts';
import { unlessDamaged } from './damage.ts';
import { hour } from './limits.ts';
import { presentMembers } from './membership.ts';
import { mailboxFull, tooOften } from './refusals.ts';
import type { Charge, DeliveryAgent, GroupRecord } from './store.ts';

const pageEntries = 1_000;

/** What an append costs its sender. */
export interface Cost {
  readonly groupId: string;
  /** Index of the entry. */
  readonly index: number;
  /** Bytes of the message, and of the Welcome. */
  readonly message: number;
  readonly welcome: number;
  /** True for the first entry of a new group. */
  readonly isNew: boolean;
}

/** Returns what an append makes of its sender's record. Throws `rate_limited` and `mailbox_full` (groups page, section 4: quotas). */
export function charged(
  current: DeliveryAgent,
  { groupId, index, message, welcome, isNew }: Cost,
  { now: clock, limits }: Pick<DeliveryContext, 'now' | 'limits'>,
): DeliveryAgent {
  const now = clock();
  if (isNew) requireNewGroup(current, now, limits);
  const sum = current.charges.reduce((bytes, charge) => bytes + charge.bytes, current.welcomeBytes);
  if (sum + message + welcome > limits.writer) {
    throw mailboxFull(`An agent leaves at most ${limits.writer} bytes that others have not read.`);
  }
  const isCharged = current.charges.some((charge) => charge.groupId === groupId);
  if (!isCharged && current.charges.length >= limits.chargedGroups) {
    throw mailboxFull(`An agent leaves what others have not read in at most ${limits.chargedGroups} groups.`);
  }
  const charges = isCharged
    ? current.charges.map((charge) =>
        charge.groupId === groupId ? { ...charge, bytes: charge.bytes + message } : charge,
      )
    : [...current.charges, { groupId, bytes: message, from: index }];
  const spokeIn = current.spokeIn.includes(groupId) ? current.spokeIn : [...current.spokeIn, groupId];
  return {
    ...current,
    charges,
    spokeIn: spokeIn.slice(-limits.spokeIn),
    welcomeBytes: current.welcomeBytes + welcome,
    made: isNew ? [...current.made, { groupId, at: now }] : current.made,
  };
}

function requireNewGroup({ made }: DeliveryAgent, now: number, limits: DeliveryContext['limits']): void {
  const newest = made.filter(({ at }) => at > now - hour);
  const [first] = newest;
  if (first !== undefined && newest.length >= limits.newGroupsAnHour) {
    throw tooOften(`An agent makes at most ${limits.newGroupsAnHour} groups in an hour.`, now, first.at);
  }
  if (made.length >= limits.liveGroups) {
    throw mailboxFull(`An agent has made at most ${limits.liveGroups} groups that live.`);
  }
}

/** Brings what an agent is charged up to date with what was read since, and forgets the groups that it made and that have ended. */
export async function settle(context: DeliveryContext, agentId: string): Promise<void> {
  const { store, limits } = context;
  const before = await store.agent(agentId);
  const charges = new Map<string, Charge | undefined>();
  for (const charge of before.charges) {
    charges.set(charge.groupId, await unlessDamaged(charge, () => settled(context, agentId, charge)));
  }
  const welcomeBytes = await store.unreadWelcomes(agentId);
  const ended = new Set<string>();
  if (before.made.length >= limits.liveGroups) {
    for (const { groupId } of before.made) {
      if (await unlessDamaged(false, () => hasEnded(context, groupId))) ended.add(groupId);
    }
  }
  const made = before.made.filter(({ groupId, at }) => !ended.has(groupId) || at > context.now() - hour);
  await store.changeAgent(agentId, (current) => ({
    ...current,
    // What was written meanwhile is not settled: it stays as it was charged.
    charges: current.charges.flatMap((charge) => {
      const was = before.charges.find((other) => other.groupId === charge.groupId);
      if (was === undefined || was.bytes !== charge.bytes || was.from !== charge.from) return [charge];
      const now = charges.get(charge.groupId);
      return now === undefined ? [] : [now];
    }),
    welcomeBytes: current.welcomeBytes === before.welcomeBytes ? welcomeBytes : current.welcomeBytes,
    made: current.made.length === before.made.length ? made : current.made,
  }));
}

async function hasEnded({ store }: DeliveryContext, groupId: string): Promise<boolean> {
  const group = await store.group(groupId);
  return group === undefined || group.roster.members.length === 0;
}

/** Returns a charge without what every other member has read; undefined when that is everything. */
async function settled(context: DeliveryContext, agentId: string, charge: Charge): Promise<Charge | undefined> {
  const { store } = context;
  const { groupId } = charge;
  const group = await store.group(groupId);
  if (group === undefined) return undefined;
  const unread = await firstUnread(context, group, agentId);
  if (unread >= group.next) return undefined;
  let { bytes, from } = charge;
  while (from < unread) {
    const entries = await store.entries(groupId, from, pageEntries);
    if (entries.length === 0) break;
    for (const entry of entries) {
      if (entry.index >= unread) break;
      if (entry.sender === agentId && !entry.isDropped) bytes -= entry.size;
    }
    from = Math.min(unread, (entries.at(-1)?.index ?? unread) + 1);
  }
  return { groupId, bytes: Math.max(0, bytes), from: unread };
}

/** Returns the lowest index that a member other than `writer` has not read. */
async function firstUnread(
  { store, now, limits }: DeliveryContext,
  group: GroupRecord,
  writer: string,
): Promise<number> {
  const positions = await store.positions(group.groupId);
  const { roster, next } = group;
  const others = presentMembers(roster, { positions, now: now(), limits }).filter((agentId) => agentId !== writer);
  const from = (agentId: string) => roster.places.findLast((place) => place.agentId === agentId)?.from ?? 0;
  return Math.min(next, ...others.map((agentId) => Math.max(from(agentId), (positions.get(agentId)?.index ?? -1) + 1)));
}

/**
 * Checks that a Welcome finds room in each inbox: 4 MiB of one writer, except where the agent has appended to a group that both are in
 * (groups page, section 4). Throws `mailbox_full`.
 */
export async function requireInboxRoom(
  context: DeliveryContext,
  { agentId: sender }: Caller,
  { to, size }: { readonly to: readonly string[]; readonly size: number },
): Promise<void> {
  const { store, limits } = context;
  for (const agentId of to) {
    if ((await store.unreadIn(agentId, sender)) + size <= limits.inboxOfWriter) continue;
    if (await hasSpokenWith(context, agentId, sender)) continue;
    throw mailboxFull(`One agent leaves at most ${limits.inboxOfWriter} bytes in the inbox of ${agentId}.`);
  }
}

async function hasSpokenWith({ store }: DeliveryContext, agentId: string, other: string): Promise<boolean> {
  const { spokeIn } = await store.agent(agentId);
  for (const groupId of spokeIn.toReversed()) {
    const { members, spoken } = (await unlessDamaged(undefined, () => store.group(groupId)))?.roster ?? {};
    if (members?.includes(other) === true && spoken?.includes(agentId) === true) return true;
  }
  return false;
}

/** Takes messages that were dropped from what their senders are charged. */
export async function release(
  { store }: Pick<DeliveryContext, 'store'>,
  groupId: string,
  dropped: readonly { readonly sender: string; readonly index: number; readonly size: number }[],
): Promise<void> {
  for (const sender of new Set(dropped.map((entry) => entry.sender))) {
    const less = (current: DeliveryAgent) => {
      const charge = current.charges.find((other) => other.groupId === groupId);
      if (charge === undefined) return current;
      const bytes = dropped
        .filter((entry) => entry.sender === sender && entry.index >= charge.from)
        .reduce((sum, entry) => sum + entry.size, 0);
      if (bytes === 0) return current;
      const left = { ...charge, bytes: Math.max(0, charge.bytes - bytes) };
      return { ...current, charges: current.charges.map((other) => (other === charge ? left : other)) };
    };
    await unlessDamaged(undefined, () => store.changeAgent(sender, less));
  }
}
