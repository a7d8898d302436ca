import type { SignatureKeyPair } from '../../mls/crypto/cipher-suite.ts';
import type { LeafIndex } from '../../mls/indices.ts';
import type { KeyPackage } from '../../mls/structures/key-package.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';

/** A new signature key with the credential that vouches for it: for a leaf that renews itself. */
export interface NewIdentity {
  readonly signature: SignatureKeyPair;
  /** The bytes of the credential's identity. */
  readonly credential: Bytes;
}

/**
 * What a commit is to do, all of it in one. Those that have asked to leave are removed by every commit but a rejoin. Nothing at all is an
 * Update of the own leaf.
 */
export interface CommitPlan {
  readonly add?: readonly KeyPackage[];
  readonly remove?: readonly LeafIndex[];
  /** Why members are removed by one who is no admin. */
  readonly because?: 'revoked' | 'expired';
  /** The new descriptor; not beside `add`. */
  readonly descriptor?: Descriptor;
  readonly newIdentity?: NewIdentity;
  /** Exactly the Remove of a leaf and the Add of its owner's new package; alone, but for `newIdentity`. */
  readonly rejoin?: { readonly leaf: LeafIndex; readonly keyPackage: KeyPackage };
  /** Goes with the pending commit, for who made it. */
  readonly memo?: Bytes;
}
