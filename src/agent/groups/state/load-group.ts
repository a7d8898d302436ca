import { isGroupId } from '../../../group/log/group-id.ts';
import { loadMember, loadOutbox, loadPending } from '../../../group/storage/load.ts';
import type { StoredParts } from '../../../group/storage/parts.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import { Group, type GroupWriting, type UnderWay } from './group.ts';
import { queuePrefix, readQueuePart } from './queued-payload.ts';
import { readStanding, type Standing, standingPrefix } from './standing.ts';

/** What groups are loaded with. */
export interface LoadDeps extends GroupWriting {
  readonly stored: Pick<GroupRows, 'read' | 'all' | 'key'>;
}

/** Gives every group that is stored. One whose state cannot be read is stranded: its members can take this agent in again. */
export async function* loadGroups(deps: LoadDeps): AsyncGenerator<Group, void, undefined> {
  for await (const { bytes } of deps.stored.all('', standingPrefix)) yield await loadGroup(deps, readStanding(bytes));
}

async function loadGroup(deps: LoadDeps, standing: Standing): Promise<Group> {
  const parts = partsOf(deps.stored, standing.groupId);
  try {
    const member = await loadedMember(deps.subtle, standing, parts);
    const group = new Group(deps, standing, member, member === undefined ? undefined : await underWay(parts));
    await group.identify();
    return group;
  } catch (cause) {
    if (!(cause instanceof ParleyError) || cause.code !== 'storage_failed') throw cause;
    return new Group(deps, { ...standing, status: 'stranded' }, undefined);
  }
}

async function loadedMember(subtle: Subtle, { groupId, status }: Standing, parts: StoredParts) {
  if (status === 'left' || status === 'removed' || !isGroupId(groupId)) return undefined;
  return loadMember(subtle, groupId, parts);
}

async function underWay(parts: StoredParts): Promise<UnderWay> {
  const outbox: UnderWay['outbox'][number][] = [];
  let leave: UnderWay['leave'];
  for await (const record of loadOutbox(parts)) {
    if (record.kind === 'message') outbox.push(record.message);
    else leave = record.leave;
  }
  const queue: UnderWay['queue'][number][] = [];
  for await (const { part } of parts.all(queuePrefix)) queue.push(readQueuePart(part));
  return { pending: await loadPending(parts), leave, outbox, queue };
}

function partsOf(stored: LoadDeps['stored'], groupId: string): StoredParts {
  return {
    read: (part) => stored.read(groupId, part),
    all: (prefix) => stored.all(groupId, prefix),
    key: (id) => stored.key(id),
  };
}
