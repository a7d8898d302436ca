import { type Bytes, equalBytes } from '../bytes.ts';
import { Writer } from '../codec/writer.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import { type LeafIndex, nodeOfLeaf } from '../indices.ts';
import type { ParentNode } from '../structures/parent-node.ts';
import { LeafPlace, ParentPlace, type Place } from './places.ts';
import { placeAt, type RatchetTree } from './ratchet-tree.ts';
import { leafTreeHash, parentTreeHash } from './tree-hash.ts';
import { covers, leafOfNode } from './tree-math.ts';

/** Returns the hash of a ParentHashInput (RFC 9420, section 7.9). */
export function parentHash(
  suite: CipherSuite,
  parent: Pick<ParentNode, 'encryptionKey' | 'parentHash'>,
  originalSiblingTreeHash: Bytes,
): Bytes {
  const writer = new Writer();
  writer.opaque(parent.encryptionKey);
  writer.opaque(parent.parentHash);
  writer.opaque(originalSiblingTreeHash);
  return suite.hash(writer.finish());
}

/**
 * Returns the tree hash of a subtree as it was before these leaves were added: they are blank, and no parent lists them (RFC
 * 9420, section 7.9).
 */
function originalTreeHash(suite: CipherSuite, place: Place, added: readonly LeafIndex[]): Bytes {
  const here = added.filter((leaf) => covers(place.index, leaf));
  if (here.length === 0) return place.hash(suite);
  if (place instanceof LeafPlace) return leafTreeHash(suite, leafOfNode(place.index), undefined);
  const blanked = new Set(here);
  const unmergedLeaves = place.parent?.unmergedLeaves.filter((leaf) => !blanked.has(leaf)) ?? [];
  return parentTreeHash(
    suite,
    place.parent && { ...place.parent, unmergedLeaves },
    originalTreeHash(suite, place.left, here),
    originalTreeHash(suite, place.right, here),
  );
}

/**
 * Throws `parent_hash_invalid` unless every parent that is not blank is chained to exactly one leaf below (RFC 9420,
 * section 7.9.2).
 */
export function assertParentHashes(suite: CipherSuite, tree: RatchetTree): void {
  const visit = (place: Place): void => {
    if (place instanceof LeafPlace) return;
    visit(place.left);
    visit(place.right);
    if (place.parent === undefined) return;
    const chains =
      (isChained(suite, tree, place.parent, place.left, place.right) ? 1 : 0) +
      (isChained(suite, tree, place.parent, place.right, place.left) ? 1 : 0);
    if (chains !== 1) {
      throw new MlsError('parent_hash_invalid', 'A parent is not chained to exactly one leaf by parent hashes.');
    }
  };
  visit(tree.root);
}

/**
 * True if one node below `child` was set together with `parent`: what else resolves `child` was added later (RFC 9420,
 * section 7.9.2).
 */
function isChained(suite: CipherSuite, tree: RatchetTree, parent: ParentNode, child: Place, sibling: Place): boolean {
  const unmerged = new Set(parent.unmergedLeaves.filter((leaf) => covers(child.index, leaf)).map(nodeOfLeaf));
  const others = child.resolution.filter((node) => !unmerged.has(node));
  const [only] = others;
  if (only === undefined || others.length > 1 || child.resolution.length !== unmerged.size + 1) return false;
  const found = parentHashIn(placeAt(tree, only));
  return (
    found !== undefined &&
    equalBytes(found, parentHash(suite, parent, originalTreeHash(suite, sibling, parent.unmergedLeaves)))
  );
}

function parentHashIn(place: Place | undefined): Bytes | undefined {
  if (place instanceof ParentPlace) return place.parent?.parentHash;
  return place?.leaf?.source.type === 'commit' ? place.leaf.source.parentHash : undefined;
}
