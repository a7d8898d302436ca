import type { GroupState } from '../../mls/group/group-state.ts';
import { decodeGroup, withLeafRatchets } from '../../mls/group/snapshot.ts';
import { toLeafIndex } from '../../mls/indices.ts';
import { type Bytes, wipe } from '../../protocol/bytes.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import type { ClearLists } from '../log/entry.ts';
import type { GroupId } from '../log/group-id.ts';
import { headBefore } from '../log/head.ts';
import type { GroupMember } from '../member/group-member.ts';
import type { PendingCommit } from '../member/own-entries.ts';
import { groupSuite } from '../profile/suite.ts';
import { readLists } from './entry-record.ts';
import { type AuthenticatorRecord, decodeAuthenticator, decodeHead } from './head-record.ts';
import { decodeAcquaintances, decodeMember, decodePosition, type MemberRecord } from './member-record.ts';
import { decodeOutbox, type OutboxRecord } from './outbox-record.ts';
import { headPart, parts, type StoredParts } from './parts.ts';
import { decodePending } from './pending-record.ts';
import { asUnreadable, readRecord, unreadable } from './record.ts';

/** Reads a member of a group as its steps stored it; undefined when none is. Throws `storage_failed` for what is not whole. */
export async function loadMember(
  subtle: Subtle,
  groupId: GroupId,
  stored: StoredParts,
): Promise<GroupMember | undefined> {
  const bytes = await stored.read(parts.member);
  if (bytes === undefined) return undefined;
  const record = decodeMember(bytes);
  const position = decodePosition(await required(stored, parts.position));
  const lists = await stored.read(parts.lists);
  const { keyId: _, ...own } = record;
  return {
    ...own,
    ...position,
    groupId,
    state: await loadState(stored, record),
    head: position.next === 0 ? await headBefore(subtle, groupId) : await requiredHead(stored, position.next - 1),
    lists: lists === undefined ? undefined : readRecord(lists, (reader): ClearLists => readLists(reader)),
    acquaintances: decodeAcquaintances(await required(stored, parts.acquaintances)),
  };
}

async function loadState(stored: StoredParts, { keyId }: MemberRecord): Promise<GroupState> {
  const key = await stored.key(keyId);
  if (key === undefined) throw unreadable();
  const proposals = await stored.read(parts.proposals);
  const [epoch, messageSecrets] = [await required(stored, parts.epoch), await required(stored, parts.secrets)];
  try {
    const whole = { epoch, messageSecrets, ...(proposals === undefined ? {} : { proposals }) };
    let state = await decodeGroup(await groupSuite(), whole, key);
    for await (const { part, bytes } of stored.all(parts.ratchets)) {
      state = withLeafRatchets(state, toLeafIndex(Number(part.slice(parts.ratchets.length))), bytes);
      wipe(bytes);
    }
    return state;
  } catch (cause) {
    throw asUnreadable(cause);
  } finally {
    wipe(epoch, messageSecrets);
  }
}

/** Reads the commit that waits; undefined when none does. Throws `storage_failed`. */
export async function loadPending(stored: StoredParts): Promise<PendingCommit | undefined> {
  const bytes = await stored.read(parts.pending);
  if (bytes === undefined) return undefined;
  try {
    return await decodePending(await groupSuite(), bytes, (id) => stored.key(id));
  } catch (cause) {
    throw asUnreadable(cause);
  } finally {
    wipe(bytes);
  }
}

/** Gives what else waits in the outbox. Throws `storage_failed`. */
export async function* loadOutbox(stored: StoredParts): AsyncIterable<OutboxRecord> {
  for await (const { bytes } of stored.all(parts.outbox)) yield decodeOutbox(bytes);
}

/** Returns the head after an index; undefined when it is not kept. Throws `storage_failed`. */
export async function loadHead(stored: Pick<StoredParts, 'read'>, index: number): Promise<Bytes | undefined> {
  const bytes = await stored.read(headPart(index));
  return bytes === undefined ? undefined : decodeHead(bytes).head;
}

/** Returns the epoch in which an index was read, with its authenticator; undefined when it is not kept. Throws `storage_failed`. */
export async function loadAuthenticator(
  stored: Pick<StoredParts, 'all'>,
  index: number,
): Promise<(AuthenticatorRecord & { readonly epoch: number }) | undefined> {
  let found: (AuthenticatorRecord & { readonly epoch: number }) | undefined;
  for await (const { part, bytes } of stored.all(parts.authenticator)) {
    // One that was damaged.
    if (bytes.length === 0) continue;
    const record = decodeAuthenticator(bytes);
    if (record.index > index) break;
    found = { ...record, epoch: Number(part.slice(parts.authenticator.length)) };
  }
  return found;
}

async function required(stored: StoredParts, part: string): Promise<Bytes> {
  const bytes = await stored.read(part);
  if (bytes === undefined) throw unreadable();
  return bytes;
}

async function requiredHead(stored: StoredParts, index: number): Promise<Bytes> {
  const head = await loadHead(stored, index);
  if (head === undefined) throw unreadable();
  return head;
}
