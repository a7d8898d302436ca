import { isGroupId } from '../group/log/group-id.ts';
import type { EntriesAnswer } from '../group/wire/delivery-answers.ts';
import { equalConstantTime } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';
import { ParleyError } from '../protocol/errors.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import type { Caller, DeliveryContext } from './context.ts';
import { placesOf } from './membership.ts';
import { malformed, unknownGroup } from './refusals.ts';
import type { EntryRecord, GroupRecord, Place } from './store.ts';
import { notePassed } from './upkeep.ts';

/** Bytes that an entry takes in an answer besides its message and lists, at most. */
const entryBytes = 256;

/**
 * Returns entries of a group from index `from` on, 256 or 4 MiB of an answer at most, as far as the caller may read: from the commit that
 * added it, and up to the one that removed it (groups page, section 4). Throws `unknown_group`.
 */
export async function entriesPage(
  context: DeliveryContext,
  caller: Caller,
  groupId: string,
  from: number,
): Promise<EntriesAnswer> {
  const { store, limits } = context;
  const { group, places } = await readable(context, caller, groupId);
  const place = places.find(({ until }) => until === undefined || until >= from) ?? places.at(-1);
  if (place === undefined) throw unknownGroup();
  await context.tended(groupId);
  const end = place.until === undefined ? group.next : Math.min(group.next, place.until + 1);
  const start = Math.max(from, place.from);
  const found = start < end ? await store.entries(groupId, start, limits.pageEntries) : [];
  const entries: EntriesAnswer['entries'] = [];
  let bytes = 0;
  for (const record of found) {
    if (record.index >= end) break;
    const entry = await handedOut(context, groupId, record);
    bytes += entryBytes + (entry.message?.length ?? 0) + listBytes(record);
    if (entries.length > 0 && bytes > limits.pageBytes) break;
    entries.push(entry);
  }
  const isMember = places.some(({ until }) => until === undefined);
  const head = await headAt(context, group, isMember ? group.next : end);
  const [first] = found;
  const next = (entries.at(-1)?.index ?? end - 1) + 1;
  const before = first === undefined || entries.length === 0 ? await headAt(context, group, end) : first.before;
  return { entries, before: encodeBase64(before), next, head: encodeBase64(head) };
}

/**
 * Moves the caller's position in a group forward and returns the one that stands. Throws `unknown_group`, and `malformed_message` for an
 * index that the caller cannot have read.
 */
export async function markRead(
  context: DeliveryContext,
  caller: Caller,
  groupId: string,
  index: number,
): Promise<number> {
  const { group, places } = await readable(context, caller, groupId);
  const end = Math.max(...places.map(({ until }) => (until === undefined ? group.next : until + 1)));
  if (index >= end) throw malformed('The log has no entry of this index yet.');
  const stands = await context.store.setPosition(groupId, caller.agentId, { index, at: context.now() });
  await notePassed(context, group);
  return stands;
}

async function readable(
  { store, now, limits }: DeliveryContext,
  { agentId, record }: Caller,
  groupId: string,
): Promise<{ readonly group: GroupRecord; readonly places: readonly Place[] }> {
  const group = isGroupId(groupId) ? await store.group(groupId) : undefined;
  if (group === undefined) throw unknownGroup();
  const presence = { positions: await store.positions(groupId), now: now(), limits };
  const places = placesOf(group, { agentId, keySince: record.keySince }, presence);
  if (places.length === 0) throw unknownGroup();
  return { group, places };
}

/** Returns the head before index `end`: for a member that of the whole log. */
async function headAt({ store }: DeliveryContext, group: GroupRecord, end: number): Promise<GroupRecord['head']> {
  if (end >= group.next) return group.head;
  const [after] = await store.entries(group.groupId, end, 1);
  return after?.index === end ? after.before : group.head;
}

async function handedOut(
  { store }: DeliveryContext,
  groupId: string,
  { index, kind, sender, at, hash, isDropped, lists }: EntryRecord,
): Promise<EntriesAnswer['entries'][number]> {
  const message = isDropped ? undefined : await store.message(groupId, index);
  if (message !== undefined && !equalConstantTime(await sha256(crypto.subtle, message), hash)) {
    const detail = `The stored message of entry ${index} is damaged. Restore the data of the server from a backup.`;
    throw new ParleyError('storage_failed', detail);
  }
  const content = message === undefined ? { message_hash: encodeBase64(hash) } : { message: encodeBase64(message) };
  const both = lists === undefined ? {} : { members: [...lists.members], admins: [...lists.admins] };
  return { index, kind, sender, ...content, at, ...both };
}

function listBytes({ lists }: EntryRecord): number {
  return lists === undefined ? 0 : [...lists.members, ...lists.admins].reduce((sum, id) => sum + id.length + 3, 0);
}
