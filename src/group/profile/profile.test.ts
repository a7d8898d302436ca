import { beforeAll, describe, expect, test } from 'vitest';
import { createApplicationMessage } from '../../mls/group/send-message.ts';
import type { GroupInfo } from '../../mls/structures/group-info.ts';
import { encodeMlsMessage } from '../../mls/structures/mls-message.ts';
import { hostileCommit } from '../../mls/testing/hostile-member.ts';
import type { TestMember } from '../../mls/testing/test-member.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { GroupWorld, groupCodeOf, random } from '../testing/group-world.ts';
import { descriptorOf, keyPackageOf, threeMembers } from '../testing/judged-group.ts';
import { checkGroupContext, checkGroupInfo } from './group-context.ts';
import { groupMessageHead } from './message-head.ts';
import { groupSuite } from './suite.ts';

let world: GroupWorld;
let anna: TestMember;
let message: Bytes;

beforeAll(async () => {
  world = await GroupWorld.create();
  ({ anna } = await threeMembers(world));
  ({ message } = await createApplicationMessage(anna.state, random(10), { random }));
});

test('the suite is the one of the page', async () => {
  expect(await groupSuite()).toMatchObject({
    id: 0xf64a,
    name: 'MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519',
    hashLength: 48,
  });
});

describe('a message of a group (groups page, section 1)', () => {
  const codeOf = (bytes: Uint8Array) => groupCodeOf(() => groupMessageHead(bytes));

  test('is a PrivateMessage, and its clear head is read', () => {
    const { groupId, epoch } = anna.state.context;
    expect(groupMessageHead(message)).toMatchObject({ groupId, epoch, contentType: 'application' });
  });

  test('is nothing else, by its first bytes', async () => {
    const publicMessage = await hostileCommit(anna.state, { wireFormat: 'mls_public_message' });
    const { bytes: keyPackage } = await keyPackageOf(await world.agent('dora'));
    for (const other of [publicMessage, keyPackage, new Uint8Array(0), random(100), message.slice(0, -1)]) {
      expect(await codeOf(other)).toBe('not_a_private_message');
    }
    for (const at of [0, 1, 2, 3]) {
      const changed = message.slice();
      changed[at] = (changed[at] ?? 0) ^ 3;
      expect(await codeOf(changed), `byte ${at}`).toBe('not_a_private_message');
    }
  });

  test('is of a group whose id has 16 bytes', async () => {
    const head = groupMessageHead(message);
    const rest = { encryptedSenderData: random(16), ciphertext: random(16) };
    for (const length of [0, 15, 17, 32]) {
      const privateMessage = { ...head, ...rest, groupId: random(length) };
      const bytes = encodeMlsMessage({ wireFormat: 'mls_private_message', privateMessage });
      expect(await codeOf(bytes), `${length}`).toBe('group_id_length');
    }
  });
});

describe('the group of a Welcome (groups page, section 1)', () => {
  const infoOf = (change: Partial<GroupInfo> = {}, context: object = {}): GroupInfo => ({
    groupContext: { ...anna.state.context, ...context },
    extensions: [{ type: 2, data: random(1) }],
    confirmationTag: random(48),
    signer: anna.state.ownLeaf,
    signature: random(64),
    ...change,
  });
  const codeOf = (info: GroupInfo) => groupCodeOf(() => checkGroupInfo(info));

  test('has this suite, an id of 16 bytes and a descriptor', async () => {
    expect(checkGroupInfo(infoOf())).toEqual(descriptorOf());
    expect(checkGroupContext(anna.state.context)).toEqual(descriptorOf());
    expect(await codeOf(infoOf({}, { cipherSuite: 1 }))).toBe('cipher_suite_not_allowed');
    expect(await codeOf(infoOf({}, { groupId: random(15) }))).toBe('group_id_length');
    expect(await codeOf(infoOf({}, { extensions: [] }))).toBe('group_extensions_not_exact');
  });

  test('has the tree in its GroupInfo, and nothing else', async () => {
    const [tree] = infoOf().extensions;
    if (tree === undefined) throw new Error('The tree is missing.');
    for (const extensions of [[], [{ ...tree, type: 4 }], [tree, { type: 4, data: random(1) }]]) {
      expect(await codeOf(infoOf({ extensions }))).toBe('group_info_extensions_not_exact');
    }
  });
});
