import { membersIn } from '../../../group/credential/members.ts';
import { isGroupId } from '../../../group/log/group-id.ts';
import { loadMember, loadOutbox, loadPending } from '../../../group/storage/load.ts';
import type { StoredParts } from '../../../group/storage/parts.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import { Group, type GroupWriting, type UnderWay, wishPart } from './group.ts';
import { queuePrefix, readQueuePart } from './queued-payload.ts';
import { readStanding, type Standing, standingPrefix } from './standing.ts';
import { descriptorOf } from './view.ts';

/** What groups are loaded with. */
export interface LoadDeps extends GroupWriting {
  readonly stored: Pick<GroupRows, 'read' | 'all' | 'key'>;
}

/** Gives every group that is stored. One whose state cannot be read is stranded: its members can take this agent in again. */
export async function* loadGroups(deps: LoadDeps): AsyncGenerator<Group, void, undefined> {
  for await (const { part, bytes } of deps.stored.all('', standingPrefix)) {
    yield await loadGroup(deps, await standingOf(deps, part.slice(standingPrefix.length), bytes));
  }
}

/** Reads a group's standing. Of one that was damaged what is needed is taken from its member; without one the group is over. */
async function standingOf(deps: LoadDeps, groupId: string, bytes: Bytes): Promise<Standing> {
  try {
    const standing = readStanding(bytes);
    // One in the place of another would stand for that one, too.
    if (standing.groupId === groupId) return standing;
  } catch (cause) {
    throwUnlessUnreadable(cause);
  }
  // The leaf may have come from a last-resort KeyPackage: a commit brings a new one in any case.
  const rest = { groupId, isLastResort: true, isLeaving: false, goesOnForked: false, trafficAt: 0 };
  try {
    const member = isGroupId(groupId)
      ? await loadMember(deps.subtle, groupId, partsOf(deps.stored, groupId))
      : undefined;
    if (member !== undefined) {
      const { kind, name, createdAt } = descriptorOf(member);
      const members = membersIn(member.state.tree).map(({ agentId }) => agentId);
      return { ...rest, status: 'member', kind, name, createdAt: 1_000 * createdAt, members };
    }
  } catch (cause) {
    throwUnlessUnreadable(cause);
  }
  return { ...rest, status: 'removed', kind: 'group', name: groupId, createdAt: 0, members: [] };
}

function throwUnlessUnreadable(cause: unknown): void {
  if (!(cause instanceof ParleyError) || cause.code !== 'storage_failed') throw cause;
}

async function loadGroup(deps: LoadDeps, standing: Standing): Promise<Group> {
  const parts = partsOf(deps.stored, standing.groupId);
  try {
    const member = await loadedMember(deps.subtle, standing, parts);
    const group = new Group(deps, standing, member, member === undefined ? undefined : await underWay(parts));
    await group.identify();
    return group;
  } catch (cause) {
    throwUnlessUnreadable(cause);
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
  let wish: Bytes | undefined;
  // One that was damaged comes without bytes, and ends where it is read.
  for await (const { part, bytes } of parts.all(wishPart)) if (part === wishPart) wish = bytes;
  return { pending: await loadPending(parts), leave, outbox, queue, wish };
}

function partsOf(stored: LoadDeps['stored'], groupId: string): StoredParts {
  return {
    read: (part) => stored.read(groupId, part),
    all: (prefix) => stored.all(groupId, prefix),
    key: (id) => stored.key(id),
  };
}
