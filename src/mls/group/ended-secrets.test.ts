import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, toHex, wipe } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { decodeMlsMessage } from '../structures/mls-message.ts';
import { codeOf } from '../testing/code-of.ts';
import { random, TestClient, TestMember, utf8 } from '../testing/test-member.ts';
import { applyCommit } from './apply-commit.ts';
import { createCommit } from './create-commit.ts';
import { endedSecrets } from './ended-secrets.ts';
import { epochAuthenticator, exportFromEpoch } from './group-state.ts';
import { openMessage } from './open-message.ts';
import { createApplicationMessage, createProposal } from './send-message.ts';
import {
  decodeGroup,
  decodeState,
  encodeEpoch,
  encodeLeafRatchets,
  encodeMessageSecrets,
  encodeProposals,
  encodeState,
  withLeafRatchets,
} from './snapshot.ts';
import { stageCommit } from './stage-commit.ts';

let suite: CipherSuite;

beforeAll(async () => {
  suite = await cipherSuite(1);
});

async function trio(): Promise<readonly [TestMember, TestMember, TestMember]> {
  const first = await TestMember.create(suite, 'first');
  const clients = await Promise.all([TestClient.create(suite, 'second'), TestClient.create(suite, 'third')]);
  const { welcome } = await first.commit({
    proposals: clients.map(({ keyPackage }) => ({ type: 'add', keyPackage }) as const),
    withPath: true,
  });
  const [second, third] = await Promise.all(clients.map((client) => client.join(welcome)));
  if (second === undefined || third === undefined) throw new Error('Two clients joined.');
  return [first, second, third];
}

/** Takes a commit in as an application does: by its own step for each thing to decide, and with everything wiped that is consumed. */
async function take(member: TestMember, message: Bytes): Promise<void> {
  const opened = await openMessage(member.state, decodeMlsMessage(message));
  if (opened.content.type !== 'commit') throw new Error('The message is no commit.');
  const applied = await applyCommit(await stageCommit(opened.state, opened.content.commit));
  wipe([...opened.consumed, ...applied.consumed]);
  if (applied.type === 'next_epoch') member.state = applied.state;
}

const isZero = (secret: Bytes) => secret.every((byte) => byte === 0);

describe('a state whose secrets were wiped', () => {
  it('encrypts, exports, commits and reads nothing: everybody could compute what it would use', async () => {
    const [first, second] = await trio();
    const heard = await second.say('before');
    const former = first.state;
    const sent = await createApplicationMessage(former, utf8('once'), { random });
    wipe(sent.consumed);
    const again = () => createApplicationMessage(former, utf8('twice'), { random });
    expect(await codeOf(again)).toBe('secret_wiped');
    first.state = sent.state;
    await first.commit({ withPath: true });
    wipe(endedSecrets(former, first.state));
    expect(() => exportFromEpoch(former, 'a use', utf8(''), 32)).toThrow(/^secret_wiped/);
    expect(() => epochAuthenticator(former)).toThrow(/^secret_wiped/);
    expect(await codeOf(() => createCommit(former, { proposals: [], random }))).toBe('secret_wiped');
    expect(await codeOf(() => openMessage(former, decodeMlsMessage(heard)))).toBe('secret_wiped');
  });
});

describe('what ends with an epoch', () => {
  it('is all that the former state could decrypt with, also what was skipped and what nobody used', async () => {
    const [first, second, third] = await trio();
    await first.receive(await third.say('heard'));
    const skipped = await third.say('skipped');
    await first.receive(await third.say('heard as well'));
    const unheard = await second.say('of a leaf that was not heard');
    const commit = await second.commit({ withPath: true });
    const former = first.state;
    await take(first, commit.message);
    expect(endedSecrets(former, first.state).filter((secret) => !isZero(secret))).toEqual([]);
    for (const message of [skipped, unheard, commit.message]) {
      await expect(openMessage(former, decodeMlsMessage(message))).rejects.toMatchObject({ code: 'secret_wiped' });
    }
    expect(first.authenticator).toEqual(second.authenticator);
    const next = await first.commit({ withPath: true });
    await take(second, next.message);
    expect(second.authenticator).toEqual(first.authenticator);
  });

  it('is everything for whoever is removed', async () => {
    const [first, second] = await trio();
    const { message } = await first.commit({ proposals: [{ type: 'remove', removed: second.leafIndex }] });
    await take(second, message);
    expect(endedSecrets(second.state).filter((secret) => !isZero(secret))).toEqual([]);
  });

  it.each([true, false])(
    'is nothing that is still in use when a commit is dropped (with a path: %s)',
    async (withPath) => {
      const [first, second] = await trio();
      const client = await TestClient.create(suite, 'fourth');
      const add = { type: 'add', keyPackage: client.keyPackage } as const;
      const dropped = await first.commit({ proposals: [add], withPath });
      first.state = dropped.current;
      const winner = await second.commit({ withPath: true });
      wipe([...dropped.consumed, ...dropped.consumedWhenDropped]);
      const stored = encodeState(first.state);
      expect(endedSecrets(dropped.next, first.state).filter((secret) => !isZero(secret))).toEqual([]);
      await take(first, winner.message);
      expect(first.authenticator).toEqual(second.authenticator);
      const restored = await decodeState(suite, stored, first.state.signatureKey);
      expect(toHex(encodeState(restored))).toBe(toHex(stored));
    },
  );

  it('is what an accepted commit leaves behind, also when the present state went on while it waited', async () => {
    const [first, second] = await trio();
    const waiting = await first.commit({ withPath: true });
    first.state = waiting.current;
    wipe(waiting.consumed);
    await first.receive(await second.say('meanwhile'));
    const former = first.state;
    wipe(endedSecrets(former, waiting.next));
    first.state = waiting.next;
    await take(second, waiting.message);
    expect(endedSecrets(former, first.state).filter((secret) => !isZero(secret))).toEqual([]);
    expect((await second.receive(await first.say('after'))).content).toMatchObject({ data: utf8('after') });
    const stored = await decodeState(suite, encodeState(first.state), first.state.signatureKey);
    expect(toHex(encodeState(stored))).toBe(toHex(encodeState(first.state)));
  });
});

describe('a group that is stored in parts', () => {
  it('has no key of a message in the part that stays', async () => {
    const [first] = await trio();
    const epoch = toHex(encodeEpoch(first.state));
    const inMessages = toHex(encodeMessageSecrets(first.state));
    const { secretTree, ...rest } = first.state;
    for (const secret of endedSecrets(first.state, { ...rest, secretTree: { ...secretTree, root: noSecret } })) {
      if (secret.length === 0) continue;
      expect(inMessages).toContain(toHex(secret));
      expect(epoch).not.toContain(toHex(secret));
    }
  });

  it('opens nothing again that was opened before it was stored, and everything else', async () => {
    const [first, second, third] = await trio();
    const epoch = encodeEpoch(first.state);
    const messages = [await second.say('one'), await second.say('two')];
    const ofThird = await third.say('three');
    await first.receive(messages[0] ?? ofThird);
    const messageSecrets = encodeMessageSecrets(first.state);
    await first.receive(messages[1] ?? ofThird);
    const ratchets = encodeLeafRatchets(first.state, second.leafIndex);
    const leaving = await createProposal(third.state, { type: 'remove', removed: third.leafIndex }, { random });
    await first.receive(leaving.message);
    const stored = { epoch, messageSecrets, proposals: encodeProposals(first.state) };
    const decoded = await decodeGroup(suite, stored, first.state.signatureKey);
    const restored = new TestMember('restored', withLeafRatchets(decoded, second.leafIndex, ratchets));
    for (const message of messages) await expect(restored.receive(message)).rejects.toThrow('generation_consumed');
    expect((await restored.receive(ofThird)).content).toMatchObject({ data: utf8('three') });
    expect(restored.state.proposals).toEqual(first.state.proposals);
    const commit = await restored.commit({});
    await second.receive(leaving.message);
    await take(second, commit.message);
    expect(second.authenticator).toEqual(restored.authenticator);
  });

  it('is put together of parts of one epoch alone, and never goes back to keys that it has used', async () => {
    const [first, second] = await trio();
    await first.receive(await second.say('zero'));
    const { state } = first;
    const { leafIndex } = second;
    const ofThisEpoch = { epoch: encodeEpoch(state), messageSecrets: encodeMessageSecrets(state) };
    const older = encodeLeafRatchets(state, leafIndex);
    await first.receive(await second.say('one'));
    expect(() => withLeafRatchets(first.state, leafIndex, older)).toThrow('invalid_snapshot');
    // Two commits to one state: the epochs that they make have one number and one width.
    const [one, other] = [await first.commit({ withPath: true }), await second.commit({ withPath: true })];
    const stored = {
      epoch: encodeEpoch(one.next),
      messageSecrets: encodeMessageSecrets(one.next),
      proposals: encodeProposals(one.next),
    };
    const { signatureKey } = state;
    await expect(decodeGroup(suite, stored, signatureKey)).resolves.toMatchObject({ proposals: [] });
    const mixed = [
      { ...stored, messageSecrets: ofThisEpoch.messageSecrets },
      { ...stored, messageSecrets: encodeMessageSecrets(other.next) },
      { ...stored, proposals: encodeProposals(other.next) },
    ];
    for (const parts of mixed) {
      await expect(decodeGroup(suite, parts, signatureKey)).rejects.toMatchObject({ code: 'invalid_snapshot' });
    }
    expect(() => withLeafRatchets(one.next, leafIndex, older)).toThrow('invalid_snapshot');
  });
});

const noSecret = { kind: 'closed', secret: new Uint8Array(0) } as const;
