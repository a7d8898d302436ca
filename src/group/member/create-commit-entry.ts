import { noBytes } from '../../mls/bytes.ts';
import { type CommitIntent, type CreatedCommit, createCommit } from '../../mls/group/create-commit.ts';
import type { GroupState } from '../../mls/group/group-state.ts';
import { stageCommit } from '../../mls/group/stage-commit.ts';
import type { LeafIndex } from '../../mls/indices.ts';
import type { KeyPackage } from '../../mls/structures/key-package.ts';
import type { Proposal } from '../../mls/structures/proposal.ts';
import { credentialOf, membersIn } from '../credential/members.ts';
import type { ClearLists } from '../log/entry.ts';
import { descriptorIn, groupExtensions } from '../profile/group-context.ts';
import { listsAfter } from '../rules/lists-after.ts';
import { encodeReason } from '../rules/reason.ts';
import { scheduleIn } from './apply-commit-entry.ts';
import type { CreatedCommitEntry } from './created-entries.ts';
import { type CreatingTools, hashOf, newEntryId } from './creating-tools.ts';
import type { GroupMember } from './group-member.ts';
import { waitingLeavers } from './healing.ts';
import type { CommitPlan } from './intents.ts';
import type { EntryToAppend, PendingCommit } from './own-entries.ts';

/**
 * Makes a commit (groups page, section 5): it holds the Remove of everybody who has asked to leave, but for a rejoin, which is exactly a
 * Remove and an Add. Whether the rules allow it `judgeCommit` says of `staged`. Throws what MLS finds wrong with the proposals, and
 * `message_too_large`.
 */
export async function createCommitEntry(
  tools: CreatingTools,
  member: GroupMember,
  plan: CommitPlan,
): Promise<CreatedCommitEntry> {
  const { state } = member;
  const intent = intentOf(tools, member, plan);
  const created = await createCommit(state, intent);
  const staged = await stageCommit(created.current, created.commit);
  const entry = entryOf(tools, member, plan, created);
  const pending: PendingCommit = {
    entry,
    hash: await hashOf(tools.subtle, entry),
    madeIn: state.interimTranscriptHash,
    next: created.next,
    commit: created.commit,
    schedule: scheduleIn(created.trace),
    ...(plan.newIdentity === undefined ? {} : { newKey: plan.newIdentity.signature }),
    ...(plan.memo === undefined ? {} : { memo: plan.memo }),
  };
  const changed = created.isFirstOfSender ? { secrets: true as const } : { ratchets: state.ownLeaf };
  const step = { member: { ...member, state: created.current }, changed, consumed: created.consumed };
  return { pending, staged, step, consumedWhenDropped: created.consumedWhenDropped };
}

function intentOf({ random }: CreatingTools, member: GroupMember, plan: CommitPlan): CommitIntent {
  const { state } = member;
  const removed = new Set<LeafIndex>(plan.rejoin === undefined ? plan.remove : [plan.rejoin.leaf]);
  const leaving = new Set<LeafIndex>(plan.rejoin === undefined ? waitingLeavers(member) : []);
  const proposals: readonly Proposal[] = [
    ...changeOf(plan),
    ...[...removed].map((leaf) => ({ type: 'remove', removed: leaf }) as const),
    ...addedBy(plan).map((keyPackage) => ({ type: 'add', keyPackage }) as const),
  ];
  const references = state.proposals.filter(
    ({ proposal }) => proposal.type === 'remove' && leaving.has(proposal.removed) && !removed.has(proposal.removed),
  );
  const { newIdentity } = plan;
  return {
    proposals,
    references,
    ...(newIdentity === undefined
      ? {}
      : {
          newIdentity: {
            signature: newIdentity.signature,
            credential: { type: 'basic', identity: newIdentity.credential },
          },
        }),
    authenticatedData: plan.because === undefined ? noBytes : encodeReason(plan.because),
    random,
  };
}

function changeOf({ descriptor }: CommitPlan): readonly Proposal[] {
  if (descriptor === undefined) return [];
  return [{ type: 'group_context_extensions', extensions: groupExtensions(descriptor) }];
}

function addedBy({ add = [], rejoin }: CommitPlan): readonly KeyPackage[] {
  return rejoin === undefined ? add : [rejoin.keyPackage];
}

function entryOf(
  tools: CreatingTools,
  member: GroupMember,
  plan: CommitPlan,
  { message, welcome, next, proposals }: CreatedCommit,
): EntryToAppend {
  const lists = listsWith(member, plan, next, proposals);
  const to = addedBy(plan).map(({ leafNode }) => credentialOf(leafNode).agentId);
  return {
    entryId: newEntryId(tools),
    kind: 'commit',
    after: member.lastCommit,
    message,
    ...(lists === undefined ? {} : { lists }),
    ...(welcome === undefined ? {} : { welcome: { message: welcome, to } }),
  };
}

/** The lists of the commit; undefined when the service's stay as they are. */
function listsWith(
  { selfId, state, lists: present }: GroupMember,
  plan: CommitPlan,
  next: GroupState,
  proposals: CreatedCommit['proposals'],
): ClearLists | undefined {
  const left = new Set(
    proposals.flatMap(({ proposal, reference }) =>
      proposal.type === 'remove' && (reference !== undefined || plan.because === 'revoked') ? [proposal.removed] : [],
    ),
  );
  const gone = membersIn(state.tree).flatMap(({ agentId, leaf }) => (left.has(leaf) ? [agentId] : []));
  const descriptor = descriptorIn(next.context.extensions);
  const given = listsAfter(present, { by: selfId, tree: next.tree, descriptor, gone });
  return present !== undefined && isSame(given, present) ? undefined : given;
}

function isSame(a: ClearLists, b: ClearLists): boolean {
  return a.members.join() === b.members.join() && a.admins.join() === b.admins.join();
}
