import { createHash } from 'node:crypto';
import { type Bytes, concat } from '../../bytes.ts';
import type { LeafNode } from '../../structures/leaf-node.ts';
import type { ParentNode } from '../../structures/parent-node.ts';

/** Returns 32 bytes that stand for a key, the same for one name. */
export function madeUpKey(name: string): Bytes {
  return concat(createHash('sha256').update(name).digest());
}

/** Returns an unsigned leaf with made-up keys, for tests of the tree's structure alone. */
export function madeUpLeaf(name: string, changes: Partial<LeafNode> = {}): LeafNode {
  return {
    encryptionKey: madeUpKey(`${name} encryption`),
    signatureKey: madeUpKey(`${name} signature`),
    credential: { type: 'basic', identity: madeUpKey(name) },
    capabilities: { versions: [1], cipherSuites: [1], extensions: [], proposals: [], credentials: [1] },
    source: { type: 'update' },
    extensions: [],
    signature: madeUpKey(`${name} signed`),
    ...changes,
  };
}

/** Returns a parent with a made-up key. */
export function madeUpParent(name: string, unmergedLeaves: ParentNode['unmergedLeaves'] = []): ParentNode {
  return { encryptionKey: madeUpKey(`${name} parent`), parentHash: new Uint8Array(0), unmergedLeaves };
}
