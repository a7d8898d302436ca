import { createGroup } from '../../mls/group/create-group.ts';
import type { LeafIdentity } from '../../mls/group/own-key-package.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';
import { type GroupId, groupIdBytes } from '../log/group-id.ts';
import { headBefore } from '../log/head.ts';
import { groupExtensions } from '../profile/group-context.ts';
import { groupSuite } from '../profile/suite.ts';
import { createCommitEntry } from './create-commit-entry.ts';
import type { CreatedCommitEntry } from './created-entries.ts';
import type { CreatingTools } from './creating-tools.ts';
import type { GroupMember } from './group-member.ts';
import type { CommitPlan } from './intents.ts';

/** A new group. */
export interface NewGroup {
  readonly groupId: GroupId;
  readonly selfId: string;
  /** Of the creator's leaf, with the capabilities of the profile. */
  readonly identity: LeafIdentity;
  readonly descriptor: Descriptor;
}

/**
 * Makes a group of one and the commit that is its log's first entry, `after` -1 (groups page, section 4). Store the whole member and the
 * pending commit in one transaction, then append. The group is there once the commit is found in the log. Throws what
 * `encodeDescriptor` and `createCommitEntry` throw.
 */
export async function createFirstEntry(
  tools: CreatingTools,
  group: NewGroup,
  plan: Pick<CommitPlan, 'add' | 'memo'> = {},
): Promise<CreatedCommitEntry> {
  const { groupId, selfId, identity, descriptor } = group;
  const extensions = groupExtensions(descriptor);
  const state = await createGroup(await groupSuite(), {
    groupId: groupIdBytes(groupId),
    identity,
    extensions,
    random: tools.random,
  });
  const member: GroupMember = {
    groupId,
    selfId,
    state,
    next: 0,
    head: await headBefore(tools.subtle, groupId),
    lastCommit: -1,
    firstIndex: 0,
    isHeadConfirmed: true,
    epochBegan: descriptor.createdAt,
    renewedAt: descriptor.createdAt,
    hasTraffic: false,
    lists: undefined,
    acquaintances: new Map([[selfId, { sinceEpoch: 0, isOlder: false, isHeard: true }]]),
    doubt: undefined,
    ahead: [],
  };
  const created = await createCommitEntry(tools, member, plan);
  const { step } = created;
  return { ...created, step: { ...step, changed: { epoch: true, position: true, acquaintances: true } } };
}
