import { type Bytes, noBytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { expandWithLabel } from '../crypto/labels.ts';
import type { LeafIndex } from '../indices.ts';
import { type Ratchet, startRatchet } from './ratchet.ts';
import { assertNotWiped } from './wiped.ts';

/** A leaf whose secret has become its two ratchets. */
export interface OpenedLeaf {
  readonly kind: 'leaf';
  readonly handshake: Ratchet;
  readonly application: Ratchet;
}

interface Parent {
  readonly kind: 'parent';
  readonly left: SecretNode;
  readonly right: SecretNode;
}

/** A node of the secret tree: closed, with its secret; or opened, with what its secret was derived into. */
export type SecretNode = { readonly kind: 'closed'; readonly secret: Bytes } | Parent | OpenedLeaf;

const utf8 = new TextEncoder();
const leftContext = utf8.encode('left');
const rightContext = utf8.encode('right');

/** Returns a leaf's ratchets, in a tree of this width; `undefined` while they are closed. */
export function openedLeafAt(root: SecretNode, width: number, leaf: LeafIndex): OpenedLeaf | undefined {
  let node = root;
  for (let half = width / 2; node.kind === 'parent'; half /= 2) node = isLeft(leaf, half) ? node.left : node.right;
  return node.kind === 'leaf' ? node : undefined;
}

/** Returns the tree with another node in a leaf's place, under parents that are all opened. */
export function withLeaf(node: SecretNode, width: number, leaf: LeafIndex, opened: OpenedLeaf): SecretNode {
  if (node.kind !== 'parent') return opened;
  const half = width / 2;
  return isLeft(leaf, half)
    ? { ...node, left: withLeaf(node.left, half, leaf, opened) }
    : { ...node, right: withLeaf(node.right, half, leaf, opened) };
}

/** Opens every node down to a leaf (RFC 9420, section 9). Returns the tree, and the secrets that are consumed by it. Throws `secret_wiped`. */
export function openTo(
  suite: CipherSuite,
  root: SecretNode,
  width: number,
  leaf: LeafIndex,
): { readonly root: SecretNode; readonly consumed: readonly Bytes[] } {
  const consumed: Bytes[] = [];
  const descend = (node: SecretNode, nodeWidth: number): SecretNode => {
    if (node.kind === 'closed') {
      assertNotWiped(node.secret);
      consumed.push(node.secret);
    }
    const opened = node.kind === 'closed' ? open(suite, node.secret, nodeWidth) : node;
    if (opened.kind !== 'parent') return opened;
    const half = nodeWidth / 2;
    return isLeft(leaf, half)
      ? { ...opened, left: descend(opened.left, half) }
      : { ...opened, right: descend(opened.right, half) };
  };
  return { root: descend(root, width), consumed };
}

function open(suite: CipherSuite, secret: Bytes, width: number): Parent | OpenedLeaf {
  const derive = (label: string, context: Bytes) => expandWithLabel(suite, secret, label, context, suite.hashLength);
  if (width === 1) {
    return {
      kind: 'leaf',
      handshake: startRatchet(derive('handshake', noBytes)),
      application: startRatchet(derive('application', noBytes)),
    };
  }
  return {
    kind: 'parent',
    left: { kind: 'closed', secret: derive('tree', leftContext) },
    right: { kind: 'closed', secret: derive('tree', rightContext) },
  };
}

/** True for a leaf in the left half of the subtree of `2 half` leaves that it is in. */
function isLeft(leaf: LeafIndex, half: number): boolean {
  return leaf % (2 * half) < half;
}
