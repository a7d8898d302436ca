import type { Bytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import type { LeafIndex } from '../indices.ts';
import { type EpochSecrets, exportSecret } from '../schedule/key-schedule.ts';
import { generationsOf, type RatchetType, type SecretTree } from '../schedule/secret-tree.ts';
import { assertNotWiped } from '../schedule/wiped.ts';
import type { GroupContext } from '../structures/group-context.ts';
import type { Proposal } from '../structures/proposal.ts';
import type { Sender } from '../structures/sender.ts';
import type { PrivateTree } from '../tree/private-tree.ts';
import type { RatchetTree } from '../tree/ratchet-tree.ts';

/** A proposal with who made it; `reference` when it was sent on its own. */
export interface AttributedProposal {
  readonly proposal: Proposal;
  readonly sender: Sender;
  readonly reference: Bytes | undefined;
}

/** A proposal that was sent on its own. */
export interface PendingProposal extends AttributedProposal {
  readonly reference: Bytes;
}

/** One member's view of one epoch. A value: every function that advances it returns another. */
export interface GroupState {
  readonly suite: CipherSuite;
  readonly context: GroupContext;
  /** The encoding of `context`. */
  readonly contextBytes: Bytes;
  readonly interimTranscriptHash: Bytes;
  readonly tree: RatchetTree;
  readonly ownLeaf: LeafIndex;
  readonly privateTree: PrivateTree;
  readonly signatureKey: CryptoKey;
  /** `encryptionSecret` is empty: the secret tree was made of it. */
  readonly secrets: EpochSecrets;
  readonly secretTree: SecretTree;
  /** What was proposed in this epoch, in the order of arrival. */
  readonly proposals: readonly PendingProposal[];
}

/** Returns `length` bytes for one use, which only members of this epoch can compute (RFC 9420, section 8.5). Throws `export_too_long`, `secret_wiped`. */
export function exportFromEpoch(state: GroupState, label: string, context: Bytes, length: number): Bytes {
  return exportSecret(state.suite, state.secrets.exporterSecret, label, context, length);
}

/** Returns what is equal for two members exactly when they are in the same epoch of the same group (RFC 9420, section 8.7). Throws `secret_wiped`. */
export function epochAuthenticator(state: GroupState): Bytes {
  assertNotWiped(state.secrets.epochAuthenticator);
  return state.secrets.epochAuthenticator.slice();
}

/** Returns how many keys of this epoch this member has used, what was made and dropped included: by that it knows when to renew them. */
export function usedGenerations(state: GroupState): Readonly<Record<RatchetType, number>> {
  return generationsOf(state.secretTree, state.ownLeaf);
}
