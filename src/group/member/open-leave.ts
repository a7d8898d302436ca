import type { GroupState, PendingProposal } from '../../mls/group/group-state.ts';
import { withProposal } from '../../mls/group/open-message.ts';
import type { LeafIndex } from '../../mls/indices.ts';
import { judgeProposal } from '../rules/judge-proposal.ts';
import type { OpenedEntry } from './opened-entry.ts';
import { stepWith } from './position.ts';
import type { Verified } from './verified.ts';

/** Returns the leaves that have asked to leave in the present epoch, in the order of their entries. */
export function leavingLeaves({ proposals }: Pick<GroupState, 'proposals'>): readonly LeafIndex[] {
  return proposals.flatMap(({ proposal }) => (proposal.type === 'remove' ? [proposal.removed] : []));
}

/**
 * Takes in the wish to leave: the first of a leaf in an epoch counts (groups page, section 5). Throws what `judgeProposal` throws.
 */
export function openLeave(
  { step, leaf, by, authenticatedData }: Pick<Verified, 'step' | 'leaf' | 'by' | 'authenticatedData'>,
  proposal: PendingProposal,
): OpenedEntry {
  const { state } = step.member;
  judgeProposal(state, proposal, authenticatedData);
  const taken = stepWith(step, { state: withProposal(state, proposal) }, { proposals: true });
  return { type: 'leaving', who: by, isSelf: leaf === state.ownLeaf, step: taken };
}
