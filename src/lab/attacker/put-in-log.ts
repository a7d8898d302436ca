import type { ClearLists, EntryKind } from '../../group/log/entry.ts';
import { nextHead } from '../../group/log/head.ts';
import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { type LabWorld, random } from '../run/world.ts';

/** An entry that no member appended. */
export interface ForgedEntry {
  readonly kind: EntryKind;
  /** Whom the service names as its sender. */
  readonly sender: string;
  readonly message: Bytes;
  readonly lists?: ClearLists;
}

/**
 * Writes an entry into a group's log as a delivery service can that asks nobody: the heads of the log are right. Returns its index. Throws
 * `unknown_group`.
 */
export async function putInLog(world: LabWorld, groupId: string, forged: ForgedEntry): Promise<number> {
  const { clock, deliveryStore } = world;
  const group = await deliveryStore.group(groupId);
  if (group === undefined) throw new ParleyError('unknown_group', 'The service has no such group.');
  const { kind, sender, message, lists } = forged;
  const { next: index, head: before, roster } = group;
  const at = Math.max(Math.floor(clock.now() / 1_000), group.at);
  const given = lists === undefined ? {} : { lists };
  const placed = { index, kind, sender, at, ...given };
  const head = await nextHead(crypto.subtle, before, { ...placed, content: { message } });
  const hash = await sha256(crypto.subtle, message);
  await deliveryStore.append({
    entry: { ...placed, entryId: toHex(random(16)), hash, size: message.length, isDropped: false, before },
    message,
    after: {
      ...{ groupId, next: index + 1, head, at },
      lastCommit: kind === 'commit' ? index : group.lastCommit,
      written: group.written + message.length,
      roster: lists === undefined ? roster : withLists(roster, lists, { index, at }),
    },
    account: (current) => current,
    rememberUntil: at,
  });
  world.announce(groupId, index);
  return index;
}

type Roster = NonNullable<Awaited<ReturnType<LabWorld['deliveryStore']['group']>>>['roster'];

/** Lets whoever is in the lists read from this entry on. */
function withLists(roster: Roster, { members, admins }: ClearLists, from: { index: number; at: number }): Roster {
  const added = members.filter((agentId) => !roster.members.includes(agentId));
  const places = added.map((agentId) => ({ agentId, from: from.index, at: from.at }));
  return { ...roster, members, admins, places: [...roster.places, ...places] };
}
