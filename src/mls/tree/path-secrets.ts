import { type Bytes, equalBytes, wipe } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { deriveSecret } from '../crypto/labels.ts';
import { MlsError, type MlsErrorCode } from '../errors.ts';
import type { NodeIndex } from '../indices.ts';
import { deriveNodeSecret, type NodeSecret } from './private-tree.ts';

/** Path secrets from one node up, and the secret after the last (RFC 9420, section 7.4). */
export interface PathSecrets {
  readonly secrets: readonly Bytes[];
  readonly commitSecret: Bytes;
}

/**
 * Returns `count` path secrets, beginning with `first` itself, and the commit secret, which is `first` when `count` is
 * 0 (RFC 9420, section 7.4).
 */
export function pathSecretsFrom(suite: CipherSuite, first: Bytes, count: number): PathSecrets {
  const secrets: Bytes[] = [];
  let next = first;
  for (let i = 0; i < count; i++) {
    secrets.push(next);
    next = deriveSecret(suite, next, 'path');
  }
  return { secrets, commitSecret: next };
}

/** Returns the key pair of each path secret, derived in parallel (RFC 9420, section 7.4). */
export function nodeSecretsOf(suite: CipherSuite, pathSecrets: readonly Bytes[]): Promise<readonly NodeSecret[]> {
  return Promise.all(pathSecrets.map((secret) => deriveNodeSecret(suite, deriveSecret(suite, secret, 'node'))));
}

/** A node whose key a path secret must give. */
export interface ExpectedNode {
  readonly node: NodeIndex;
  readonly encryptionKey: Bytes;
}

/**
 * Returns the private keys of nodes from one up, from the path secret of the first, and the commit secret (RFC 9420,
 * section 7.5). It takes over `first` and wipes it.
 * Throws `mismatch` when a key is another than the tree has.
 */
export async function nodesFromPathSecret(
  suite: CipherSuite,
  first: Bytes,
  expected: readonly ExpectedNode[],
  mismatch: MlsErrorCode,
): Promise<{ readonly nodes: readonly (readonly [NodeIndex, NodeSecret])[]; readonly commitSecret: Bytes }> {
  const { secrets, commitSecret } = pathSecretsFrom(suite, first, expected.length);
  const derived = nodeSecretsOf(suite, secrets);
  wipe(secrets);
  const nodeSecrets = await derived;
  const nodes = nodeSecrets.flatMap((secret, i) => {
    const { node, encryptionKey } = expected[i] ?? {};
    if (node === undefined || encryptionKey === undefined) return [];
    if (!equalBytes(secret.keyPair.publicKey, encryptionKey)) {
      throw new MlsError(mismatch, 'A key that a path secret gives is not the one of the node.');
    }
    return [[node, secret] as const];
  });
  return { nodes, commitSecret };
}
