import { beforeAll, expect, it } from 'vitest';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { toLeafIndex } from '../indices.ts';
import { encodeGroupContext } from '../structures/group-context.ts';
import { decodeMlsMessage } from '../structures/mls-message.ts';
import { codeOf } from '../testing/code-of.ts';
import { groupOf } from '../testing/group-of.ts';
import { hostileMessage } from '../testing/hostile-member.ts';
import { identityOf, random, TestClient, TestMember } from '../testing/test-member.ts';
import { assertLeafRules, noRules } from '../tree/leaf-validation.ts';
import { leafAt } from '../tree/ratchet-tree.ts';
import { applyProposals } from './apply-proposals.ts';
import { createGroup } from './create-group.ts';
import { openMessage } from './open-message.ts';
import { checkPreSharedKeyIds } from './pre-shared-keys.ts';
import { stageCommit } from './stage-commit.ts';

let suite: CipherSuite;

beforeAll(async () => {
  suite = await cipherSuite(1);
});

it('stops at the first new leaves that are wrong, however many a commit adds', async () => {
  const [first] = await groupOf(suite, 2);
  const { keyPackage } = await TestClient.create(suite, 'somebody');
  const wrong = { ...keyPackage, signature: new Uint8Array(64) };
  let verified = 0;
  const counting: CipherSuite = {
    ...suite,
    signature: {
      ...suite.signature,
      verify: (publicKey, data, signature) => {
        verified++;
        return suite.signature.verify(publicKey, data, signature);
      },
    },
  };
  const sender = { type: 'member', leafIndex: toLeafIndex(0) } as const;
  const adds = Array.from({ length: 2000 }, () => {
    return { proposal: { type: 'add', keyPackage: wrong }, sender, reference: undefined } as const;
  });
  const code = await codeOf(() => applyProposals({ ...first.state, suite: counting }, adds));
  expect(code).toBe('key_package_signature_invalid');
  expect(verified).toBeLessThanOrEqual(128);
});

it('reads a list of capabilities once, however much it is asked for', async () => {
  const [first] = await groupOf(suite, 2);
  const leaf = leafAt(first.state.tree, first.leafIndex);
  if (leaf === undefined) throw new Error('The member has a leaf.');
  let read = 0;
  const types = Array.from({ length: 2000 }, (_, i) => 0x1000 + i);
  const counted = (list: readonly number[]) =>
    new Proxy(list, {
      get(target, name, receiver) {
        read++;
        return Reflect.get(target, name, receiver);
      },
    });
  const capabilities = { ...leaf.capabilities, extensions: counted(types), proposals: counted(types) };
  const extensions = types.toReversed().map((type) => ({ type, data: new Uint8Array(0) }));
  const required = { extensionTypes: types, proposalTypes: types.toReversed(), credentialTypes: [1] };
  assertLeafRules({ ...leaf, capabilities, extensions }, { ...noRules, required, groupExtensionTypes: types });
  expect(read).toBeLessThan(10 * types.length);
});

it('looks each pre-shared key up once among those that a commit has named', () => {
  let read = 0;
  const nonce = new Uint8Array(suite.hashLength);
  const ids = Array.from({ length: 500 }, (_, i) => ({
    type: 'external' as const,
    pskId: Uint8Array.of(i >>> 8, i),
    get nonce() {
      read++;
      return nonce;
    },
  }));
  checkPreSharedKeyIds(suite, ids);
  expect(read).toBeLessThan(10 * ids.length);
  expect(() => checkPreSharedKeyIds(suite, [...ids, ...ids.slice(0, 1)])).toThrow('duplicate_psk');
});

it('names its own messages as that, also a commit that it has forgotten', async () => {
  const [first, second] = await groupOf(suite, 2);
  const message = await first.say('mine');
  await expect(openMessage(first.state, decodeMlsMessage(message))).rejects.toMatchObject({ code: 'own_message' });
  const before = second.state;
  const { message: commit, current } = await second.commit({ withPath: true });
  for (const state of [current, before]) {
    await expect(openMessage(state, decodeMlsMessage(commit))).rejects.toMatchObject({ code: 'own_message' });
  }
});

it('stages no commit on another epoch than the one that opened it', async () => {
  const [first, second] = await groupOf(suite, 2);
  const { message } = await second.commit({ withPath: true });
  const { content } = await openMessage(first.state, decodeMlsMessage(message));
  if (content.type !== 'commit') throw new Error('The message is a commit.');
  await first.receive(message);
  expect(await codeOf(() => stageCommit(first.state, content.commit))).toBe('epoch_in_the_past');
});

it('keeps no bytes of the caller as the id of a group', async () => {
  const groupId = random(16);
  const identity = await identityOf(suite, 'alone');
  const state = await createGroup(suite, { groupId, identity, extensions: [], random });
  groupId.fill(0);
  expect(encodeGroupContext(state.context)).toEqual(state.contextBytes);
});

it('joins no group in which somebody has a key that nobody can encrypt to', async () => {
  const deriveKeyPair: CipherSuite['hpke']['deriveKeyPair'] = async (ikm) => {
    const pair = await suite.hpke.deriveKeyPair(ikm);
    return { ...pair, publicKey: new Uint8Array(32) };
  };
  const identity = await identityOf(suite, 'creator');
  const hostile: CipherSuite = { ...suite, hpke: { ...suite.hpke, deriveKeyPair } };
  const made = await createGroup(hostile, { groupId: random(16), identity, extensions: [], random });
  const creator = new TestMember('creator', { ...made, suite });
  const client = await TestClient.create(suite, 'invited');
  const { welcome } = await creator.commit({ proposals: [{ type: 'add', keyPackage: client.keyPackage }] });
  expect(await codeOf(() => client.join(welcome))).toBe('invalid_public_key');
});

it('spends no generation of a member whose messages another one forges', async () => {
  const [first, second, third] = await groupOf(suite, 3);
  if (third === undefined) throw new Error('The group has three members.');
  const content = { type: 'application', data: random(3) } as const;
  const sender = { type: 'member', leafIndex: second.leafIndex } as const;
  const { message } = await hostileMessage(third.state, content, { sender });
  expect(await codeOf(() => first.receive(message))).toBe('invalid_content_signature');
  expect((await first.receive(await second.say('mine'))).sender).toEqual(sender);
});
