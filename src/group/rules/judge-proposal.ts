import type { GroupState, PendingProposal } from '../../mls/group/group-state.ts';
import type { LeafIndex } from '../../mls/indices.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { GroupError } from '../codes.ts';
import { checkNoReason } from './reason.ts';

/**
 * Returns the leaf that a proposal asks to remove, its sender's own (groups page, section 5). Whoever gets an error skips the proposal.
 * Throws `authenticated_data_not_allowed`, `proposal_by_reference`, and `already_leaving` for a leaf's second one in an epoch.
 */
export function judgeProposal(
  state: Pick<GroupState, 'proposals'>,
  { proposal, sender }: PendingProposal,
  authenticatedData: Bytes,
): LeafIndex {
  checkNoReason(authenticatedData);
  if (proposal.type !== 'remove' || sender.type !== 'member' || sender.leafIndex !== proposal.removed) {
    throw new GroupError('proposal_by_reference', 'A proposal by reference is a Remove of its sender’s own leaf.');
  }
  const { removed } = proposal;
  if (state.proposals.some(({ proposal: former }) => former.type === 'remove' && former.removed === removed)) {
    throw new GroupError('already_leaving', 'The leaf has proposed to leave in this epoch.');
  }
  return removed;
}
