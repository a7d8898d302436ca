import type { Bytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { type NodeIndex, nodeOfLeaf, toNodeIndex } from '../indices.ts';
import { credentialTypes } from '../structures/credential.ts';
import type { LeafNode } from '../structures/leaf-node.ts';
import type { ParentNode } from '../structures/parent-node.ts';
import { leafTreeHash, parentTreeHash } from './tree-hash.ts';
import { leafOfNode, levelOf } from './tree-math.ts';

/** The credential types of a subtree's members, one bit for each type that the codec knows. */
export interface CredentialUse {
  readonly used: number;
  /** Supported by every member; all bits when there is none. */
  readonly supported: number;
}

interface MemoizedHash {
  readonly suite: CipherSuite;
  readonly hash: Bytes;
}

const knownCredentials = Object.values(credentialTypes);

function bitOf(credentialType: number): number {
  return 1 << credentialType;
}

const everyCredential = knownCredentials.reduce((bits, type) => bits | bitOf(type), 0);

function credentialUseOf(leaf: LeafNode | undefined): CredentialUse {
  if (leaf === undefined) return { used: 0, supported: everyCredential };
  const supported = knownCredentials.filter((type) => leaf.capabilities.credentials.includes(type));
  return {
    used: bitOf(credentialTypes[leaf.credential.type]),
    supported: supported.reduce((bits, type) => bits | bitOf(type), 0),
  };
}

/** A leaf's place in an immutable tree, blank or with a member. Its hash is computed once. */
export class LeafPlace {
  readonly index: NodeIndex;
  readonly leaf: LeafNode | undefined;
  readonly members: number;
  readonly credentials: CredentialUse;
  /** The nodes that reach every member below (RFC 9420, section 4.1.1). */
  readonly resolution: readonly NodeIndex[];
  #memo: MemoizedHash | undefined;

  constructor(index: NodeIndex, leaf: LeafNode | undefined) {
    this.index = index;
    this.leaf = leaf;
    this.members = leaf === undefined ? 0 : 1;
    this.credentials = credentialUseOf(leaf);
    this.resolution = leaf === undefined ? [] : [index];
  }

  /** Returns the tree hash (RFC 9420, section 7.8). */
  hash(suite: CipherSuite): Bytes {
    if (this.#memo?.suite !== suite) {
      this.#memo = { suite, hash: leafTreeHash(suite, leafOfNode(this.index), this.leaf) };
    }
    return this.#memo.hash;
  }
}

/**
 * A parent's place in an immutable tree, blank or not, with the two subtrees. Hash and resolution are computed once.
 */
export class ParentPlace {
  readonly index: NodeIndex;
  readonly parent: ParentNode | undefined;
  readonly left: Place;
  readonly right: Place;
  readonly members: number;
  readonly credentials: CredentialUse;
  #memo: MemoizedHash | undefined;
  #resolution: readonly NodeIndex[] | undefined;

  constructor(index: NodeIndex, parent: ParentNode | undefined, left: Place, right: Place) {
    this.index = index;
    this.parent = parent;
    this.left = left;
    this.right = right;
    this.members = left.members + right.members;
    this.credentials = {
      used: left.credentials.used | right.credentials.used,
      supported: left.credentials.supported & right.credentials.supported,
    };
  }

  /** Returns the tree hash (RFC 9420, section 7.8). */
  hash(suite: CipherSuite): Bytes {
    if (this.#memo?.suite !== suite) {
      const hash = parentTreeHash(suite, this.parent, this.left.hash(suite), this.right.hash(suite));
      this.#memo = { suite, hash };
    }
    return this.#memo.hash;
  }

  /** Returns the nodes that reach every member below (RFC 9420, section 4.1.1). */
  get resolution(): readonly NodeIndex[] {
    this.#resolution ??=
      this.parent === undefined
        ? [...this.left.resolution, ...this.right.resolution]
        : [this.index, ...this.parent.unmergedLeaves.map(nodeOfLeaf)];
    return this.#resolution;
  }
}

/** One place of the tree. */
export type Place = LeafPlace | ParentPlace;

/** Returns a subtree of blank places with this root. */
export function blankPlace(root: NodeIndex): Place {
  const level = levelOf(root);
  if (level === 0) return new LeafPlace(root, undefined);
  const reach = 1 << (level - 1);
  return new ParentPlace(root, undefined, blankPlace(toNodeIndex(root - reach)), blankPlace(toNodeIndex(root + reach)));
}
