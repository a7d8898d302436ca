import { beforeAll, describe, expect, it } from 'vitest';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { decodeMlsMessage } from '../structures/mls-message.ts';
import { random, TestClient, TestMember, utf8 } from '../testing/test-member.ts';
import { applyCommit } from './apply-commit.ts';
import { exportFromEpoch } from './group-state.ts';
import { openMessage } from './open-message.ts';
import { createProposal } from './send-message.ts';
import {
  decodeState,
  encodeLeafRatchets,
  encodeMessageSecrets,
  encodeState,
  withLeafRatchets,
  withMessageSecrets,
} from './snapshot.ts';
import { stageCommit } from './stage-commit.ts';

describe.each([1, 0xf64a])('a group of suite %i', (id) => {
  let suite: CipherSuite;

  beforeAll(async () => {
    suite = await cipherSuite(id);
  });

  /** Makes a group of so many, added by one commit. */
  async function groupOf(count: number): Promise<TestMember[]> {
    const first = await TestMember.create(suite, 'member 0');
    if (count === 1) return [first];
    const clients = await Promise.all(
      Array.from({ length: count - 1 }, (_, index) => TestClient.create(suite, `member ${index + 1}`)),
    );
    const proposals = clients.map(({ keyPackage }) => ({ type: 'add', keyPackage }) as const);
    const { welcome } = await first.commit({ proposals });
    return [first, ...(await Promise.all(clients.map((client) => client.join(welcome))))];
  }

  function expectAgreement(members: readonly TestMember[]): void {
    for (const member of members) {
      expect(member.authenticator).toEqual(members[0]?.authenticator);
      expect(member.state.context.treeHash).toEqual(members[0]?.state.context.treeHash);
    }
  }

  async function deliver(message: Uint8Array<ArrayBuffer>, members: readonly TestMember[]): Promise<void> {
    for (const member of members) expect((await member.receive(message)).isRemoved).toBe(false);
  }

  it('lets all that one commit adds join, and read each other', async () => {
    const members = await groupOf(5);
    expectAgreement(members);
    for (const sender of members) {
      const message = await sender.say(`from ${sender.name}`);
      for (const reader of members.filter((member) => member !== sender)) {
        const opened = await reader.receive(message);
        expect(opened.content).toMatchObject({ type: 'application', data: utf8(`from ${sender.name}`) });
        expect(opened.sender).toEqual({ type: 'member', leafIndex: sender.leafIndex });
      }
    }
  });

  it('renews keys by paths of every member, adds, removes and adds again', async () => {
    const members = await groupOf(6);
    for (const committer of members) {
      const { message } = await committer.commit({ withPath: true });
      await deliver(
        message,
        members.filter((member) => member !== committer),
      );
      expectAgreement(members);
    }
    const [first, second, third] = members;
    if (first === undefined || second === undefined || third === undefined) throw new Error('The group is too small.');
    const client = await TestClient.create(suite, 'member 6');
    const replaced = await second.commit({
      proposals: [
        { type: 'remove', removed: third.leafIndex },
        { type: 'add', keyPackage: client.keyPackage },
      ],
    });
    expect((await third.receive(replaced.message)).isRemoved).toBe(true);
    const rest = members.filter((member) => member !== third);
    await deliver(
      replaced.message,
      rest.filter((member) => member !== second),
    );
    const all = [...rest, await client.join(replaced.welcome)];
    expectAgreement(all);
    expect(third.authenticator).not.toEqual(second.authenticator);
    await expect(third.receive(await second.say('after'))).rejects.toMatchObject({ code: 'epoch_in_the_future' });
  });

  it('commits a member’s own removal by its proposal', async () => {
    const [first, second, third] = await groupOf(3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('The group is too small.');
    const leaving = await createProposal(third.state, { type: 'remove', removed: third.leafIndex }, { random });
    third.state = leaving.state;
    await deliver(leaving.message, [first, second]);
    const { message } = await second.commit({});
    await deliver(message, [first]);
    expect((await third.receive(message)).isRemoved).toBe(true);
    expectAgreement([first, second]);
  });

  it('gives all members of an epoch the same exported bytes, and others for another label, context or epoch', async () => {
    const [first, second] = await groupOf(2);
    if (first === undefined || second === undefined) throw new Error('The group is too small.');
    const exported = exportFromEpoch(first.state, 'a use', utf8('a context'), 40);
    expect(exported).toHaveLength(40);
    expect(exportFromEpoch(second.state, 'a use', utf8('a context'), 40)).toEqual(exported);
    expect(exportFromEpoch(second.state, 'another use', utf8('a context'), 40)).not.toEqual(exported);
    expect(exportFromEpoch(second.state, 'a use', utf8('another context'), 40)).not.toEqual(exported);
    const { message } = await first.commit({ withPath: true });
    await second.receive(message);
    expect(exportFromEpoch(second.state, 'a use', utf8('a context'), 40)).not.toEqual(exported);
  });

  it('tells what a commit did, and the same fingerprints to all who follow it', async () => {
    const [first, second, third] = await groupOf(3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('The group is too small.');
    const client = await TestClient.create(suite, 'member 3');
    const created = await first.commit({
      proposals: [
        { type: 'remove', removed: third.leafIndex },
        { type: 'add', keyPackage: client.keyPackage },
      ],
    });
    const opened = await openMessage(second.state, decodeMlsMessage(created.message));
    if (opened.content.type !== 'commit') throw new Error('The message is not a commit.');
    const staged = await stageCommit(opened.state, opened.content.commit);
    const { trace } = await applyCommit(staged);
    expect(trace).toEqual(created.trace);
    expect(trace).toMatchObject([
      { type: 'proposals_applied', added: [2], removed: [2], updated: [] },
      {
        type: 'path_renewed',
        committer: 0,
        nodes: [
          { node: 1, sealedTo: [2] },
          { node: 3, sealedTo: [] },
        ],
      },
      { type: 'epoch_derived', epoch: 2n },
    ]);
  });

  it('changes its own signature key in a commit', async () => {
    const members = await groupOf(3);
    const [first, ...others] = members;
    const signature = await suite.signature.generateKeyPair();
    const credential = { type: 'basic', identity: utf8('member 0 again') } as const;
    const renewed = await first?.commit({ newIdentity: { signature, credential } });
    await deliver(renewed?.message ?? new Uint8Array(0), others);
    expectAgreement(members);
    await deliver((await first?.say('signed anew')) ?? new Uint8Array(0), others);
  });

  it('goes on from its stored form, and from the ratchets that a message changed', async () => {
    const [first, second] = await groupOf(2);
    if (first === undefined || second === undefined) throw new Error('The group is too small.');
    const stored = encodeState(second.state);
    expect((await second.receive(await first.say('one'))).isFirstOfSender).toBe(true);
    const messageSecrets = encodeMessageSecrets(second.state);
    expect((await second.receive(await first.say('two'))).isFirstOfSender).toBe(false);
    const ratchets = encodeLeafRatchets(second.state, first.leafIndex);
    expect(ratchets.length).toBeLessThan(200);
    const restored = await decodeState(suite, stored, second.state.signatureKey);
    second.state = withLeafRatchets(withMessageSecrets(restored, messageSecrets), first.leafIndex, ratchets);
    const message = await first.say('three');
    expect((await second.receive(message)).content).toMatchObject({ data: utf8('three') });
    await expect(second.receive(message)).rejects.toMatchObject({ code: 'generation_consumed' });
    const { message: commit } = await second.commit({ withPath: true });
    await deliver(commit, [first]);
    expectAgreement([first, second]);
  });
});
