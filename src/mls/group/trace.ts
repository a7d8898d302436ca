import { type Bytes, concat, toHex, wipe } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { type LeafIndex, type NodeIndex, nodeOfLeaf } from '../indices.ts';
import { filteredDirectPath, type RatchetTree, resolution } from '../tree/ratchet-tree.ts';

/** What happened, for whoever follows along. Holds no secret: of each only 8 bytes of a hash. */
export type MlsTraceEvent =
  | {
      readonly type: 'proposals_applied';
      readonly added: readonly LeafIndex[];
      readonly removed: readonly LeafIndex[];
      readonly updated: readonly LeafIndex[];
    }
  | {
      readonly type: 'path_renewed';
      readonly committer: LeafIndex;
      /** From the lowest to the root: which nodes got new keys, and to which nodes' keys each secret was encrypted. */
      readonly nodes: readonly { readonly node: NodeIndex; readonly sealedTo: readonly NodeIndex[] }[];
    }
  | {
      readonly type: 'epoch_derived';
      readonly epoch: bigint;
      /** Under the names of RFC 9420, section 8. */
      readonly fingerprints: Readonly<Record<string, string>>;
    };

/** Whom a commit's proposals add, remove and update. */
interface ChangedLeaves {
  readonly joiners: readonly { readonly leafIndex: LeafIndex }[];
  readonly removed: readonly LeafIndex[];
  readonly updated: readonly LeafIndex[];
}

/** Returns what a commit's proposals and its path did; `tree` is the one that the path is applied to, unset when there is none. */
export function commitEvents(
  applied: ChangedLeaves,
  committer: LeafIndex,
  tree: RatchetTree | undefined,
): readonly MlsTraceEvent[] {
  const added = applied.joiners.map(({ leafIndex }) => leafIndex);
  const changes: MlsTraceEvent = {
    type: 'proposals_applied',
    added,
    removed: applied.removed,
    updated: applied.updated,
  };
  if (tree === undefined) return [changes];
  const joiners = new Set(added.map(nodeOfLeaf));
  const nodes = filteredDirectPath(tree, committer).map(({ node, copathChild }) => ({
    node,
    sealedTo: resolution(tree, copathChild).filter((target) => !joiners.has(target)),
  }));
  return [changes, { type: 'path_renewed', committer, nodes }];
}

/** Returns 16 hex digits that are equal for equal secrets and tell nothing else of them. */
export function secretFingerprint(suite: CipherSuite, name: string, secret: Bytes): string {
  const domain = new TextEncoder().encode(`MLS trace fingerprint ${name}\0`);
  const named = concat(domain, secret);
  const fingerprint = toHex(suite.hash(named).subarray(0, 8));
  wipe([named]);
  return fingerprint;
}
