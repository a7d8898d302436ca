import { beforeAll, describe, expect, it } from 'vitest';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { toLeafIndex } from '../indices.ts';
import type { UnsignedLeafNode } from '../structures/leaf-node.ts';
import type { UpdatePath } from '../structures/update-path.ts';
import { groupOf } from '../testing/group-of.ts';
import { type HostileCommit, hostileCommit, ownLeafOf, signLeaf } from '../testing/hostile-member.ts';
import { refusal } from '../testing/reception.ts';
import { random, TestClient, type TestMember } from '../testing/test-member.ts';
import { addLeaf, membersOf, removeLeaf } from '../tree/ratchet-tree.ts';

let suite: CipherSuite;
let reader: TestMember;
let mallory: TestMember;

beforeAll(async () => {
  suite = await cipherSuite(1);
  [reader, mallory] = await groupOf(suite, 5);
  const { message } = await mallory.commit({ withPath: true });
  await reader.receive(message);
});

async function refused(commit: HostileCommit): Promise<string> {
  return refusal(reader.state, await hostileCommit(mallory.state, commit));
}

/** Returns a path whose leaf is changed, and signed again by its owner. */
function withLeaf(change: Partial<UnsignedLeafNode>, signatureKey = mallory.state.signatureKey) {
  const { context, ownLeaf: leafIndex } = mallory.state;
  return async (path: UpdatePath): Promise<UpdatePath> => {
    const place = { groupId: context.groupId, leafIndex };
    return { ...path, leafNode: await signLeaf({ suite, signatureKey }, { ...path.leafNode, ...change }, place) };
  };
}

function withNode(at: number, change: (node: UpdatePath['nodes'][number]) => Partial<UpdatePath['nodes'][number]>) {
  return (path: UpdatePath): UpdatePath => ({
    ...path,
    nodes: path.nodes.map((node, index) => (index === at ? { ...node, ...change(node) } : node)),
  });
}

describe('the path of a commit', () => {
  it('is taken when it keeps all rules', async () => {
    expect(await refused({})).toBe('accepted');
    expect(await refused({ path: withLeaf({}) })).toBe('accepted');
  });

  it('has one node for each of the filtered direct path, and one ciphertext for each recipient', async () => {
    expect(await refused({ path: (path) => ({ ...path, nodes: [] }) })).toBe('path_length_mismatch');
    expect(await refused({ path: (path) => ({ ...path, nodes: path.nodes.slice(1) }) })).toBe('path_length_mismatch');
    const longer = await refused({ path: (path) => ({ ...path, nodes: [...path.nodes, ...path.nodes.slice(0, 1)] }) });
    expect(longer).toBe('path_length_mismatch');
    const fewer = withNode(0, ({ encryptedPathSecret }) => ({ encryptedPathSecret: encryptedPathSecret.slice(1) }));
    const more = withNode(0, ({ encryptedPathSecret }) => ({
      encryptedPathSecret: [...encryptedPathSecret, ...encryptedPathSecret],
    }));
    expect(await refused({ path: fewer })).toBe('path_ciphertext_count');
    expect(await refused({ path: more })).toBe('path_ciphertext_count');
  });

  it('is made for the tree with the proposals, and not for its new members', async () => {
    const { keyPackage } = await TestClient.create(suite, 'new');
    const proposals = [{ type: 'add', keyPackage }] as const;
    const grown = addLeaf(mallory.state.tree, keyPackage.leafNode).tree;
    const shrunk = removeLeaf(mallory.state.tree, toLeafIndex(4));
    expect(await refused({ proposals })).toBe('accepted');
    expect(await refused({ epoch: { tree: grown } })).toBe('path_ciphertext_count');
    expect(await refused({ epoch: { tree: shrunk } })).toBe('path_length_mismatch');
  });

  it('has new keys only, sound ones, and each once', async () => {
    const others = membersOf(reader.state.tree).map(({ leaf }) => leaf.encryptionKey);
    const taken = others[2] ?? random(32);
    const former = ownLeafOf(mallory.state).encryptionKey;
    expect(await refused({ path: withLeaf({ encryptionKey: former }) })).toBe('path_leaf_key_not_new');
    expect(await refused({ path: withLeaf({ encryptionKey: taken }) })).toBe('path_key_not_new');
    expect(await refused({ path: withNode(0, () => ({ encryptionKey: taken })) })).toBe('path_key_not_new');
    const twice = (path: UpdatePath) =>
      withNode(1, () => ({ encryptionKey: path.nodes[0]?.encryptionKey ?? taken }))(path);
    expect(await refused({ path: twice })).toBe('path_key_repeated');
    expect(await refused({ path: withNode(0, () => ({ encryptionKey: random(5) })) })).toBe('invalid_public_key');
    expect(await refused({ path: withLeaf({ encryptionKey: random(5) }) })).toBe('invalid_public_key');
  });

  it('has a leaf from a commit, signed, that fits the group and the path above it', async () => {
    const { privateKey } = await suite.signature.generateKeyPair();
    const { capabilities } = ownLeafOf(mallory.state);
    const parentHash = random(suite.hashLength);
    const lifetime = { notBefore: 0n, notAfter: 1n };
    expect(await refused({ path: withLeaf({ source: { type: 'update' } }) })).toBe('path_leaf_source');
    expect(await refused({ path: withLeaf({ source: { type: 'key_package', lifetime } }) })).toBe('path_leaf_source');
    expect(await refused({ path: withLeaf({}, privateKey) })).toBe('leaf_signature_invalid');
    expect(await refused({ path: withLeaf({ source: { type: 'commit', parentHash } }) })).toBe('parent_hash_mismatch');
    expect(await refused({ path: withNode(1, () => ({ encryptionKey: random(32) })) })).toBe('parent_hash_mismatch');
    expect(await refused({ path: withLeaf({ capabilities: { ...capabilities, cipherSuites: [] } }) })).toBe(
      'cipher_suite_not_in_capabilities',
    );
    const { signatureKey } = ownLeafOf(reader.state);
    expect(await refused({ path: withLeaf({ signatureKey }, reader.state.signatureKey) })).toBe(
      'signature_key_not_unique',
    );
  });

  it('has the secrets of its keys, encrypted to this member in the provisional GroupContext', async () => {
    const others = await refused({
      created: (created) => ({ ...created, pathSecrets: created.pathSecrets.map(() => random(suite.hashLength)) }),
    });
    expect(others).toBe('path_key_mismatch');
    const garbled = withNode(0, ({ encryptedPathSecret }) => ({
      encryptedPathSecret: encryptedPathSecret.map((sealed) => ({ ...sealed, ciphertext: random(48) })),
    }));
    expect(await refused({ path: garbled })).toBe('decryption_failed');
    const { context } = mallory.state;
    const elsewhere = { ...context, confirmedTranscriptHash: random(suite.hashLength) };
    expect(await refused({ epoch: { context: elsewhere } })).toBe('decryption_failed');
  });

  it('carries a new signature key of its committer only when the old one signs the commit', async () => {
    const { publicKey: signatureKey, privateKey } = await suite.signature.generateKeyPair();
    const path = withLeaf({ signatureKey }, privateKey);
    expect(await refused({ path, epoch: { signatureKey: privateKey } })).toBe('invalid_content_signature');
  });
});
