import { MlsError } from '../../mls/errors.ts';
import type { LeafIndex } from '../../mls/indices.ts';
import { leafAt, type RatchetTree } from '../../mls/tree/ratchet-tree.ts';
import { credentialOf } from '../credential/members.ts';
import type { CommitChange } from '../rules/commit-change.ts';
import type { Acquaintance, MemberStep } from './group-member.ts';
import { stepWith } from './position.ts';

/** Returns the agent_id of a member's leaf. Throws `unknown_sender_leaf` of MLS for a blank one. */
export function agentAt(tree: RatchetTree, leaf: LeafIndex): string {
  const node = leafAt(tree, leaf);
  if (node === undefined) throw new MlsError('unknown_sender_leaf', `The leaf ${leaf} is blank or beyond the tree.`);
  return credentialOf(node).agentId;
}

/** Returns the step with the note that something of a member was verified, where that is news. */
export function heard(step: MemberStep, agentId: string): MemberStep {
  const known = step.member.acquaintances.get(agentId);
  if (known === undefined || known.isHeard) return step;
  const acquaintances = new Map(step.member.acquaintances).set(agentId, { ...known, isHeard: true });
  return stepWith(step, { acquaintances }, { acquaintances: true });
}

/** Returns whom a member knows after a commit. Who comes back begins anew. */
export function acquaintedAfter(
  before: ReadonlyMap<string, Acquaintance>,
  change: Pick<CommitChange, 'members' | 'added' | 'rejoined'>,
  epoch: number,
): ReadonlyMap<string, Acquaintance> {
  const isNew = new Set([...change.added, ...change.rejoined]);
  const fresh: Acquaintance = { sinceEpoch: epoch, isOlder: false, isHeard: false };
  return new Map(
    change.members.map(({ agentId }) => [agentId, (isNew.has(agentId) ? undefined : before.get(agentId)) ?? fresh]),
  );
}
