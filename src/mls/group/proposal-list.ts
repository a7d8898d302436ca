import { equalBytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import type { LeafIndex } from '../indices.ts';
import type { Commit } from '../structures/commit.ts';
import type { Proposal } from '../structures/proposal.ts';
import type { Sender } from '../structures/sender.ts';
import type { AttributedProposal, PendingProposal } from './group-state.ts';
import { checkPreSharedKeyIds } from './pre-shared-keys.ts';

/**
 * Returns the proposals of a commit with who made each. Throws `unknown_proposal_reference`, `repeated_proposal_reference`,
 * `reference_in_external_commit`.
 */
export function proposalsOf(
  commit: Commit,
  sender: Sender,
  pending: readonly PendingProposal[],
): readonly AttributedProposal[] {
  const taken = new Set<PendingProposal>();
  return commit.proposals.map((entry) => {
    if (entry.type === 'proposal') return { proposal: entry.proposal, sender, reference: undefined };
    if (sender.type !== 'member') {
      throw new MlsError('reference_in_external_commit', 'A new member cannot refer to proposals.');
    }
    const known = pending.find((candidate) => equalBytes(candidate.reference, entry.reference));
    if (known === undefined) {
      throw new MlsError(
        'unknown_proposal_reference',
        'The commit refers to a proposal that this state was not given in its epoch.',
      );
    }
    if (taken.has(known)) throw new MlsError('repeated_proposal_reference', 'The commit names one proposal twice.');
    taken.add(known);
    return known;
  });
}

/** Checks a commit's proposals together (RFC 9420, section 12.2). Throws the codes of that section. */
export function checkProposalList(
  suite: CipherSuite,
  proposals: readonly AttributedProposal[],
  committer: Sender,
): void {
  const changed = new Set<LeafIndex>();
  for (const { proposal, sender } of proposals) {
    checkPlace(proposal, committer);
    if (proposal.type === 'update' && sender.type === 'member') {
      if (committer.type === 'member' && committer.leafIndex === sender.leafIndex) {
        throw new MlsError('update_by_committer', 'A committer renews its own leaf by a path, not by an Update.');
      }
      checkChange(sender.leafIndex, changed);
    }
    if (proposal.type === 'remove') {
      if (committer.type === 'member' && committer.leafIndex === proposal.removed) {
        throw new MlsError(
          'removal_of_committer',
          'Nobody removes itself by its own commit: send a Remove, which another member commits.',
        );
      }
      checkChange(proposal.removed, changed);
    }
  }
  if (proposals.filter(({ proposal }) => proposal.type === 'group_context_extensions').length > 1) {
    throw new MlsError('duplicate_extensions_proposal', 'A commit changes the extensions twice.');
  }
  if (committer.type !== 'member' && proposals.filter(({ proposal }) => proposal.type === 'remove').length > 1) {
    throw new MlsError('misplaced_proposal', 'A new member removes more than its own former leaf.');
  }
  const inits = proposals.filter(({ proposal }) => proposal.type === 'external_init').length;
  if (inits !== (committer.type === 'member' ? 0 : 1)) {
    throw new MlsError(
      'misplaced_external_init',
      'ExternalInit belongs once into a new member’s commit, and nowhere else.',
    );
  }
  checkPreSharedKeyIds(
    suite,
    proposals.flatMap(({ proposal }) => (proposal.type === 'psk' ? [proposal.psk] : [])),
  );
}

function checkPlace(proposal: Proposal, committer: Sender): void {
  if (proposal.type === 'reinit') throw new MlsError('reinit_not_supported', 'ReInit is not supported.');
  if (committer.type === 'member') return;
  if (proposal.type !== 'external_init' && proposal.type !== 'remove' && proposal.type !== 'psk') {
    throw new MlsError('misplaced_proposal', `A new member’s commit cannot hold ${proposal.type}.`);
  }
}

function checkChange(leaf: LeafIndex, changed: Set<LeafIndex>): void {
  if (changed.has(leaf))
    throw new MlsError(
      'leaf_changed_twice',
      `The leaf ${leaf} is changed twice. A committer names in references which proposals it takes.`,
    );
  changed.add(leaf);
}

/** True when a commit of these proposals must have a path (RFC 9420, section 12.4). */
export function needsPath(proposals: readonly AttributedProposal[]): boolean {
  return proposals.length === 0 || proposals.some(({ proposal }) => !['add', 'psk', 'reinit'].includes(proposal.type));
}
