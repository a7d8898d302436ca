import { beforeAll, describe, expect, it } from 'vitest';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { toLeafIndex } from '../indices.ts';
import type { Content } from '../structures/framed-content.ts';
import { decodeMlsMessage, encodeMlsMessage } from '../structures/mls-message.ts';
import { codeOf } from '../testing/code-of.ts';
import { groupOf } from '../testing/group-of.ts';
import { hostileCommit, hostileMessage } from '../testing/hostile-member.ts';
import { refusal } from '../testing/reception.ts';
import { random, TestClient, type TestMember, utf8 } from '../testing/test-member.ts';
import { createCommit } from './create-commit.ts';
import type { GroupState } from './group-state.ts';
import { openMessage } from './open-message.ts';
import { createProposal } from './send-message.ts';
import { stageCommit } from './stage-commit.ts';

const application: Content = { type: 'application', data: utf8('text') };
const proposal: Content = { type: 'proposal', proposal: { type: 'remove', removed: toLeafIndex(2) } };
const formats = ['mls_private_message', 'mls_public_message'] as const;

let suite: CipherSuite;
let reader: TestMember;
let mallory: TestMember;
let third: TestMember | undefined;

beforeAll(async () => {
  suite = await cipherSuite(1);
  [reader, mallory, third] = await groupOf(suite, 3);
});

describe.each(formats)('a member that is sent an %s', (wireFormat) => {
  async function refusalOf(change: Parameters<typeof hostileMessage>[2], state = mallory.state): Promise<string> {
    return refusal(reader.state, (await hostileMessage(state, proposal, { wireFormat, ...change })).message);
  }

  it('takes it in its own group and epoch only', async () => {
    const { epoch } = reader.state.context;
    expect(await refusalOf({})).toBe('accepted');
    expect(await refusalOf({ groupId: random(16) })).toBe('wrong_group');
    expect(await refusalOf({ epoch: epoch - 1n })).toBe('epoch_in_the_past');
    expect(await refusalOf({ epoch: epoch + 1n })).toBe('epoch_in_the_future');
  });

  it('takes it of another member only, by that member’s key', async () => {
    const { signatureKey } = reader.state;
    expect(await refusalOf({}, { ...mallory.state, signatureKey })).toBe('invalid_content_signature');
    const stolen = { ...mallory.state, ownLeaf: reader.leafIndex };
    expect(await refusalOf({}, stolen)).toBe('own_message');
    const beyond = { ...mallory.state, ownLeaf: toLeafIndex(3) };
    expect(await refusalOf({}, beyond)).toBe('unknown_sender_leaf');
    const victim = { ...mallory.state, ownLeaf: third?.leafIndex ?? reader.leafIndex };
    expect(await refusalOf({}, victim)).toBe('invalid_content_signature');
  });

  it('takes a signature in no other GroupContext', async () => {
    const elsewhere: GroupState = { ...mallory.state, contextBytes: random(40) };
    const code = wireFormat === 'mls_public_message' ? 'membership_tag_mismatch' : 'invalid_content_signature';
    expect(await refusalOf({}, elsewhere)).toBe(code);
  });

  it('takes a commit only with the confirmation tag of the epoch that it makes', async () => {
    const commit = { proposals: [], wireFormat };
    expect(await refusal(reader.state, await hostileCommit(mallory.state, commit))).toBe('accepted');
    const tagged = (confirmationTag: Uint8Array<ArrayBuffer>) =>
      hostileCommit(mallory.state, {
        ...commit,
        authenticated: ({ auth, ...rest }) => ({ ...rest, auth: { ...auth, confirmationTag } }),
      });
    expect(await refusal(reader.state, await tagged(random(suite.hashLength)))).toBe('invalid_confirmation_tag');
    const secrets = { ...mallory.state.secrets, initSecret: random(suite.hashLength) };
    const other = await hostileCommit({ ...mallory.state, secrets }, commit);
    expect(await refusal(reader.state, other)).toBe('invalid_confirmation_tag');
    const transcript = await hostileCommit(mallory.state, {
      ...commit,
      epoch: { interimTranscriptHash: random(suite.hashLength) },
    });
    expect(await refusal(reader.state, transcript)).toBe('invalid_confirmation_tag');
  });
});

describe('a member of a group', () => {
  it('takes no other message than those of a group', async () => {
    const client = await TestClient.create(suite, 'new');
    const add = { type: 'add', keyPackage: client.keyPackage } as const;
    const { welcome } = await createCommit(mallory.state, { proposals: [add], random });
    if (welcome === undefined) throw new Error('There is no Welcome.');
    const keyPackage = encodeMlsMessage({ wireFormat: 'mls_key_package', keyPackage: client.keyPackage });
    for (const message of [welcome, keyPackage]) {
      expect(await refusal(reader.state, message)).toBe('not_a_group_message');
    }
  });

  it('takes application data encrypted, and no other content for a commit', async () => {
    const open = await hostileMessage(mallory.state, application, { wireFormat: 'mls_public_message' });
    expect(await refusal(reader.state, open.message)).toBe('public_application_message');
    const { message } = await hostileMessage(mallory.state, application);
    expect(await refusal(reader.state, message)).toBe('accepted');
    const { content } = await openMessage(reader.state, decodeMlsMessage(await hostileCommit(mallory.state, {})));
    if (content.type !== 'commit') throw new Error('The message is not a commit.');
    const { commit } = content;
    const changed = { ...commit, content: { ...commit.content, content: application } };
    expect(await codeOf(() => stageCommit(reader.state, changed))).toBe('not_a_group_message');
  });

  it('sends no other proposal on its own than a Remove', async () => {
    const { keyPackage } = await TestClient.create(suite, 'new');
    const code = await codeOf(() => createProposal(reader.state, { type: 'add', keyPackage }, { random }));
    expect(code).toBe('invalid_intent');
  });

  it('neither makes nor takes a commit after the last epoch', async () => {
    const atEnd = (state: GroupState, epoch: bigint): GroupState => ({
      ...state,
      context: { ...state.context, epoch },
    });
    const last = 0xffff_ffff_ffff_ffffn;
    expect(await codeOf(() => createCommit(atEnd(mallory.state, last), { proposals: [], random }))).toBe(
      'epoch_exhausted',
    );
    const commit = await hostileCommit(atEnd(mallory.state, last), {});
    expect(await refusal(atEnd(reader.state, last), commit)).toBe('epoch_exhausted');
  });
});
