import { beforeAll, describe, expect, it } from 'vitest';
import { encode } from '../codec/writer.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { toLeafIndex } from '../indices.ts';
import type { GroupInfo } from '../structures/group-info.ts';
import { type NodeList, writeNodeList } from '../structures/node.ts';
import type { PreSharedKeyId } from '../structures/pre-shared-key-id.ts';
import { codeOf } from '../testing/code-of.ts';
import type { MadeCommit } from '../testing/forged-commit.ts';
import { type ForgedWelcome, forgeWelcome } from '../testing/forged-welcome.ts';
import { groupOf } from '../testing/group-of.ts';
import { forgeAsMember } from '../testing/hostile-member.ts';
import { random, TestClient, type TestMember } from '../testing/test-member.ts';
import { pathSecretFor } from '../tree/create-path.ts';
import { nodesOf } from '../tree/node-list.ts';
import { type Invitation, joinGroup } from './join-group.ts';

let suite: CipherSuite;
let mallory: TestMember;
let client: TestClient;
let made: MadeCommit;

beforeAll(async () => {
  suite = await cipherSuite(1);
  // Leaf 2 is blank, so that the new member has a parent of its own with the members 0 and 1 beside it.
  [, mallory] = await groupOf(suite, 4);
  client = await TestClient.create(suite, 'invited');
  made = await forgeAsMember(mallory.state, {
    proposals: [
      { type: 'remove', removed: toLeafIndex(2) },
      { type: 'add', keyPackage: client.keyPackage },
    ],
  });
});

async function join(forged: ForgedWelcome, invitation: Partial<Invitation> = {}): Promise<string> {
  const { keyPackage, secrets } = client;
  const welcome = await forgeWelcome(made, keyPackage, forged);
  return codeOf(() => joinGroup(suite, { welcome, keyPackage, secrets, ...invitation }));
}

function treeWith(change: (nodes: NodeList[number][]) => void): (nodes: NodeList) => NodeList {
  return (nodes) => {
    const changed = [...nodes];
    change(changed);
    return changed;
  };
}

const withoutTree = (info: Omit<GroupInfo, 'signature'>) => ({ ...info, extensions: [] });

describe('a client that is sent a Welcome', () => {
  it('joins by one that keeps all rules, and overlooks what it does not know in the GroupInfo', async () => {
    if (made.created === undefined) throw new Error('The commit has no path.');
    const pathSecret = pathSecretFor(made.created, toLeafIndex(2));
    expect(await join({})).toBe('accepted');
    expect(await join({ pathSecret })).toBe('accepted');
    const unknown = { type: 0x0a0a, data: random(5) };
    const greased = await join({ info: (info) => ({ ...info, extensions: [...info.extensions, unknown] }) });
    expect(greased).toBe('accepted');
  });

  it('needs the tree, from there or from elsewhere, of the hash that the GroupContext names', async () => {
    const ratchetTree = encode(writeNodeList, nodesOf(made.next.tree));
    const former = encode(writeNodeList, nodesOf(mallory.state.tree));
    expect(await join({ info: withoutTree })).toBe('tree_missing');
    expect(await join({ info: withoutTree }, { ratchetTree })).toBe('accepted');
    expect(await join({ info: withoutTree }, { ratchetTree: former })).toBe('wrong_tree_hash');
    const blankEnd = encode(writeNodeList, [...nodesOf(made.next.tree), undefined]);
    expect(await join({ info: withoutTree }, { ratchetTree: blankEnd })).toBe('last_node_blank');
    const treeHash = random(suite.hashLength);
    expect(await join({ context: (context) => ({ ...context, treeHash }) })).toBe('wrong_tree_hash');
  });

  it('joins no group of more members than it is told to', async () => {
    expect(await join({}, { maximumMembers: 4 })).toBe('accepted');
    expect(await join({}, { maximumMembers: 3 })).toBe('too_many_members');
  });

  it('takes a GroupInfo only that the member has signed that it names', async () => {
    const signedBy = (signer: number) => join({ info: (info) => ({ ...info, signer: toLeafIndex(signer) }) });
    expect(await signedBy(mallory.leafIndex)).toBe('accepted');
    expect(await signedBy(0)).toBe('invalid_group_info_signature');
    expect(await signedBy(2)).toBe('invalid_group_info_signature');
    expect(await signedBy(4)).toBe('unknown_signer');
    expect(await signedBy(0xffff_ffff)).toBe('unknown_signer');
    const { privateKey: signatureKey } = await suite.signature.generateKeyPair();
    expect(await join({ signatureKey })).toBe('invalid_group_info_signature');
  });

  it('takes only the confirmation tag of the epoch', async () => {
    const confirmationTag = random(suite.hashLength);
    expect(await join({ info: (info) => ({ ...info, confirmationTag }) })).toBe('invalid_confirmation_tag');
    expect(await join({ info: (info) => ({ ...info, confirmationTag: random(0) }) })).toBe('invalid_confirmation_tag');
    const confirmedTranscriptHash = random(suite.hashLength);
    const { groupContext } = { groupContext: made.next.context };
    const other = { ...groupContext, confirmedTranscriptHash };
    expect(await join({ info: (info) => ({ ...info, groupContext: other }) })).toBe('invalid_confirmation_tag');
  });

  it('joins no group without its own leaf, or whose private key it does not have', async () => {
    const other = await TestClient.create(suite, 'other');
    const welcome = await forgeWelcome(made, other.keyPackage);
    const { keyPackage, secrets } = other;
    expect(await codeOf(() => joinGroup(suite, { welcome, keyPackage, secrets }))).toBe('own_leaf_missing');
    const leafSecret = random(suite.hashLength);
    expect(await join({}, { secrets: { ...client.secrets, leafSecret } })).toBe('leaf_key_mismatch');
  });

  it('joins no group of another suite, or with an extension that it does not support', async () => {
    expect(await join({ context: (context) => ({ ...context, cipherSuite: 2 }) })).toBe(
      'group_info_cipher_suite_mismatch',
    );
    const extensions = [{ type: 0xf0f0, data: random(1) }];
    expect(await join({ context: (context) => ({ ...context, extensions }) })).toBe('group_extension_not_supported');
  });

  it('joins no group with a tree in which a leaf or a parent is not valid', async () => {
    // The committer's leaf, which no parent hash covers.
    const unsigned = treeWith((nodes) => {
      const node = nodes[2];
      if (node?.type === 'leaf') nodes[2] = { ...node, leaf: { ...node.leaf, signature: random(64) } };
    });
    const changedParent = treeWith((nodes) => {
      const node = nodes[3];
      if (node?.type === 'parent') nodes[3] = { ...node, parent: { ...node.parent, encryptionKey: random(32) } };
    });
    const twice = treeWith((nodes) => {
      nodes[8] = nodes[0];
    });
    expect(await join({ nodes: unsigned })).toBe('leaf_signature_invalid');
    expect(await join({ nodes: changedParent })).toBe('parent_hash_invalid');
    expect(await join({ nodes: twice })).toBe('encryption_key_not_unique');
  });

  it('takes no path secret that is not the one of the lowest node above it and the signer', async () => {
    expect(await join({ pathSecret: random(suite.hashLength) })).toBe('path_secret_mismatch');
    const pathless = await forgeAsMember(mallory.state, {
      proposals: [{ type: 'add', keyPackage: client.keyPackage }],
      withPath: false,
    });
    const { keyPackage, secrets } = client;
    const welcome = await forgeWelcome(pathless, keyPackage, { pathSecret: random(suite.hashLength) });
    const code = await codeOf(() => joinGroup(suite, { welcome, keyPackage, secrets }));
    expect(code).toBe('common_ancestor_blank');
  });

  it('takes no pre-shared keys for a reinitialization or a branch, and none that it does not have', async () => {
    const nonce = random(suite.hashLength);
    const resumption = { type: 'resumption', groupId: random(4), epoch: 1n, nonce } as const;
    const keys = [{ ...resumption, psk: random(32) }];
    const named = (...psks: readonly PreSharedKeyId[]) => join({ psks }, { preSharedKeys: keys });
    expect(await named({ ...resumption, usage: 'branch' })).toBe('invalid_psk_usage');
    expect(await named({ ...resumption, usage: 'reinit' })).toBe('invalid_psk_usage');
    expect(await named({ ...resumption, usage: 'branch' }, { ...resumption, usage: 'reinit' })).toBe(
      'resumption_psk_not_alone',
    );
    expect(await named({ ...resumption, usage: 'application', nonce: random(3) })).toBe('welcome_psk_nonce');
    expect(await named({ ...resumption, usage: 'application', epoch: 2n })).toBe('welcome_psk_missing');
  });

  it('takes a Welcome only of its own KeyPackage, suite and kind of secrets', async () => {
    const { keyPackage, secrets } = client;
    const welcome = await forgeWelcome(made, keyPackage);
    const other = await TestClient.create(suite, 'other');
    const foreign = { welcome, keyPackage: other.keyPackage, secrets: other.secrets };
    expect(await codeOf(() => joinGroup(suite, foreign))).toBe('welcome_not_for_key_package');
    const renamed = { welcome: { ...welcome, cipherSuite: 2 }, keyPackage, secrets };
    expect(await codeOf(() => joinGroup(suite, renamed))).toBe('welcome_cipher_suite_mismatch');
    const wrongKey = { ...secrets, initSecret: random(suite.hashLength) };
    expect(await codeOf(() => joinGroup(suite, { welcome, keyPackage, secrets: wrongKey }))).toBe('decryption_failed');
    expect(await codeOf(() => joinGroup(suite, { welcome, keyPackage, secrets }))).toBe('accepted');
  });
});
