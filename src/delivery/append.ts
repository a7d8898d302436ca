import * as v from 'valibot';
import { type GroupId, isGroupId } from '../group/log/group-id.ts';
import { headBefore, nextHead } from '../group/log/head.ts';
import { appendCall, entryIdOfCall } from '../group/wire/delivery-calls.ts';
import { mostMembers } from '../group/wire/members.ts';
import { sha256 } from '../protocol/crypto/hash.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { JsonObject } from '../protocol/wire/json.ts';
import { parseMessage } from '../protocol/wire/parse.ts';
import type { Caller, DeliveryContext } from './context.ts';
import { hour } from './limits.ts';
import { checkLists, firstRoster, rosterAfter } from './lists.ts';
import { isPresent, openPlace } from './membership.ts';
import { checkMessage, checkWelcome } from './messages.ts';
import { tellMembers } from './news.ts';
import { charged, requireInboxRoom, settle } from './quotas.ts';
import { conflict, mailboxFull, notPermitted, tooLarge, tooOften, unknownGroup } from './refusals.ts';
import type { Appended, DeliveryAgent, EntryRecord, GroupRecord, Roster } from './store.ts';
import { makeRoom } from './upkeep.ts';

type Call = v.InferOutput<typeof appendCall>;

/** How often an append is tried again when another took its index. */
const mostTries = 50;

/** What is appended, before it is known where. */
interface Wish {
  readonly groupId: GroupId;
  readonly caller: Caller;
  readonly call: Call;
}

/**
 * Appends an entry to a group's log (groups page, section 4). The same entry_id of the same sender gets the first answer before anything
 * else is looked at. Then, in this order: `malformed_message`, `message_too_large`, `unknown_group`, `group_epoch_conflict` with the
 * index of the newest commit, `not_permitted`, `group_full`, `rate_limited`, `mailbox_full`.
 */
export async function append(
  context: DeliveryContext,
  caller: Caller,
  groupId: string,
  body: JsonObject,
): Promise<Appended> {
  const known = v.safeParse(entryIdOfCall, body);
  const first = known.success ? await context.store.answered(caller.agentId, known.output.entry_id) : undefined;
  if (first !== undefined) return first;
  const { value: call } = parseMessage(appendCall, body);
  const { limits } = context;
  if (call.message.length > limits.message) throw tooLarge('A message', limits.message);
  if (call.welcome !== undefined && call.welcome.message.length > limits.welcome) {
    throw tooLarge('A Welcome', limits.welcome);
  }
  if (!isGroupId(groupId)) throw unknownGroup();
  checkMessage(call.message, call.kind, groupId);
  if (call.welcome !== undefined) checkWelcome(call.welcome.message);
  const wish = { groupId, caller, call };
  const appended = () => appendTried(context, wish);
  return call.welcome === undefined ? appended() : context.welcomes.take(caller.agentId, appended);
}

async function appendTried(context: DeliveryContext, wish: Wish): Promise<Appended> {
  const { caller, call } = wish;
  let isSettled = false;
  for (let tries = 0; tries < mostTries; tries++) {
    try {
      const appended = await tryAppend(context, wish);
      if (appended !== undefined) return appended;
    } catch (error) {
      // What it is charged for may have been read since.
      if (isSettled || !(error instanceof ParleyError) || error.code !== 'mailbox_full') throw error;
      isSettled = true;
      await settle(context, caller.agentId);
    }
    const answered = await context.store.answered(caller.agentId, call.entry_id);
    if (answered !== undefined) return answered;
  }
  throw overtakenError();
}

function overtakenError(): ParleyError {
  const detail = 'Others are writing to this group, or its sender elsewhere. Nothing was stored. Try again.';
  return new ParleyError('unavailable', detail, { retryAfter: 1 });
}

/** Appends at the end of the log as it is now. Undefined when another entry took the index, or another Welcome of the sender came between. */
async function tryAppend(context: DeliveryContext, wish: Wish): Promise<Appended | undefined> {
  const { store } = context;
  const { groupId, caller, call } = wish;
  const group = await store.group(groupId);
  const now = context.now();
  const at = Math.max(now, group?.at ?? 0);
  const index = group?.next ?? 0;
  const before = group?.head ?? (await headBefore(crypto.subtle, groupId));
  const lists = call.members === undefined ? undefined : { members: call.members, admins: call.admins ?? [] };
  const entry: EntryRecord = {
    index,
    kind: call.kind,
    sender: caller.agentId,
    entryId: call.entry_id,
    at,
    hash: await sha256(crypto.subtle, call.message),
    size: call.message.length,
    isDropped: false,
    before,
    ...(lists === undefined ? {} : { lists }),
  };
  const roster = group === undefined ? newGroup(wish, at) : await nextRoster(context, group, wish, entry);
  const { welcome } = call;
  // Every Welcome changes it: one that another server takes meanwhile is in none of the inboxes that are looked at now.
  const welcomeBytes = welcome === undefined ? undefined : (await store.agent(caller.agentId)).welcomeBytes;
  if (welcome !== undefined) await requireInboxRoom(context, caller, { to: welcome.to, size: welcome.message.length });
  const cost = {
    groupId,
    index,
    message: entry.size,
    welcome: welcome?.message.length ?? 0,
    isNew: group === undefined,
  };
  if (group !== undefined) {
    await context.tended(groupId);
    // Nobody's message goes for one that its sender may not append.
    charged(await store.agent(caller.agentId), cost, context);
    if (!(await makeRoom(context, group, entry.size))) {
      throw mailboxFull(`A group holds at most ${context.limits.group} bytes.`);
    }
  }
  const head = await nextHead(crypto.subtle, before, { ...entry, content: { messageHash: entry.hash } });
  const after: GroupRecord = {
    groupId,
    next: index + 1,
    head,
    at,
    lastCommit: call.kind === 'commit' ? index : (group?.lastCommit ?? -1),
    written: (group?.written ?? 0) + entry.size,
    roster,
  };
  const overtaken = overtakenError();
  const account = (current: DeliveryAgent) => {
    if (welcomeBytes !== undefined && current.welcomeBytes !== welcomeBytes) throw overtaken;
    return charged(current, cost, context);
  };
  const append = {
    entry,
    message: call.message,
    ...(welcome === undefined ? {} : { welcome }),
    after,
    account,
    rememberUntil: now + context.limits.entryIdMemory,
  };
  try {
    if (!(await store.append(append))) return undefined;
  } catch (error) {
    if (error === overtaken) return undefined;
    throw error;
  }
  await tellMembers(context, { before: group?.roster, after, sender: caller.agentId, to: welcome?.to ?? [] });
  return { index, head };
}

/** Returns the roster of a group that its first entry makes. Throws `unknown_group` for any other entry, `not_permitted`, `group_full`. */
function newGroup({ caller: { agentId }, call }: Wish, at: number): Roster {
  if (call.kind !== 'commit' || call.after !== -1) throw unknownGroup();
  const { members = [agentId], admins = [agentId] } = call;
  if (!members.includes(agentId) || !admins.includes(agentId)) {
    throw notPermitted('Who makes a group is in both of its lists.');
  }
  if (members.length > mostMembers) throw groupFull();
  if (call.welcome?.to.some((to) => !members.includes(to)) === true) {
    throw notPermitted('A Welcome is for agents that are members after its commit.');
  }
  return firstRoster(agentId, { members, admins }, at);
}

async function nextRoster(
  context: DeliveryContext,
  group: GroupRecord,
  { groupId, caller, call }: Wish,
  entry: EntryRecord,
): Promise<Roster> {
  const { store, registry, limits } = context;
  const { roster } = group;
  const { agentId, record } = caller;
  const presence = { positions: await store.positions(groupId), now: context.now(), limits };
  const place = openPlace(roster, agentId);
  if (place === undefined || place.at < record.keySince || !isPresent(roster, agentId, presence)) throw unknownGroup();
  if (call.after !== group.lastCommit) throw conflict(group.lastCommit);
  const to = call.welcome?.to ?? [];
  if (call.kind === 'commit') {
    await checkLists(roster, { sender: agentId, lists: entry.lists, to }, presence, (id) => registry.isListed(id));
    if ((entry.lists?.members.length ?? 0) > mostMembers) throw groupFull();
    const own = roster.commits.filter((commit) => commit.agentId === agentId && commit.at > entry.at - hour);
    const [first] = own;
    if (first !== undefined && own.length >= limits.commitsAnHour) {
      const detail = `A member appends at most ${limits.commitsAnHour} commits to a group in an hour.`;
      throw tooOften(detail, entry.at, first.at);
    }
  }
  return rosterAfter(roster, entry, { lists: entry.lists, to, isLeaving: call.leaving === true }, limits);
}

function groupFull(): ParleyError {
  return new ParleyError('group_full', `A group has at most ${mostMembers} members. Nothing was stored.`);
}
