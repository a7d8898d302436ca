import { beforeAll, expect, describe as suite, test } from 'vitest';
import { createCommit } from '../../mls/group/create-commit.ts';
import { createProposal } from '../../mls/group/send-message.ts';
import { proposed, updateLeafOf } from '../../mls/testing/hostile-member.ts';
import type { TestMember } from '../../mls/testing/test-member.ts';
import { type GroupAgent, GroupWorld, random } from '../testing/group-world.ts';
import { add, describe, Judge, keyPackageOf, remove, threeMembers } from '../testing/judged-group.ts';

let world: GroupWorld;
let judge: Judge;
let dora: GroupAgent;
let erik: GroupAgent;
/** Anna is the admin. */
let anna: TestMember;
let bert: TestMember;
let carl: TestMember;

beforeAll(async () => {
  world = await GroupWorld.create();
  judge = new Judge(world);
  [dora, erik] = await Promise.all([world.agent('dora'), world.agent('erik')]);
  ({ anna, bert, carl } = await threeMembers(world));
});

suite('who may what (groups page, section 5)', () => {
  test('an admin adds, removes and changes the descriptor', async () => {
    const proposals = [add(await keyPackageOf(dora)), remove(2)];
    expect(await judge.forged(bert, anna, { proposals })).toBe('valid');
    expect(await judge.forged(bert, anna, { proposals: [describe({ name: 'Work' })] })).toBe('valid');
    expect(await judge.forged(bert, anna, { proposals: [describe({ name: 'Work' }), remove(2)] })).toBe('valid');
    const adds = [add(await keyPackageOf(dora)), add(await keyPackageOf(erik))];
    expect(await judge.forged(bert, anna, { proposals: adds, withPath: false })).toBe('valid');
  });

  test('nobody else adds', async () => {
    expect(await judge.forged(anna, bert, { proposals: [add(await keyPackageOf(dora))] })).toBe('add_not_permitted');
    const withoutPath = { proposals: [add(await keyPackageOf(dora))], withPath: false };
    expect(await judge.forged(carl, bert, withoutPath)).toBe('add_not_permitted');
  });

  test('nobody else changes the descriptor, also to what it is', async () => {
    for (const change of [{ name: 'Work' }, { admins: ['bert'] }, {}]) {
      expect(await judge.forged(anna, bert, { proposals: [describe(change)] })).toBe('descriptor_change_not_permitted');
    }
  });

  test('nobody else removes without a reason', async () => {
    expect(await judge.forged(anna, bert, { proposals: [remove(2)] })).toBe('remove_not_permitted');
    expect(await judge.forged(carl, bert, { proposals: [remove(0)] })).toBe('remove_not_permitted');
  });

  test('anybody renews its own leaf, by a path', async () => {
    expect(await judge.forged(anna, bert, {})).toBe('valid');
    expect(await judge.forged(anna, bert, { withPath: false })).toBe('path_missing');
    expect(await judge.forged(anna, bert, { proposals: [remove(2)], withPath: false })).toBe('path_missing');
  });

  test('a change of the descriptor stands alone or beside Removes', async () => {
    const proposals = [describe({ name: 'Work' }), add(await keyPackageOf(dora))];
    expect(await judge.forged(bert, anna, { proposals })).toBe('descriptor_change_not_alone');
    expect(await judge.forged(bert, anna, { proposals: [describe({}), describe({ name: 'Work' })] })).toBe(
      'duplicate_extensions_proposal',
    );
  });

  test('is decided by the members as they are before the commit', async () => {
    const proposals = [describe({ admins: ['bert'] })];
    const { message } = await anna.commit({ proposals });
    for (const member of [bert, carl]) {
      expect(await judge.code(member, message)).toBe('valid');
      await member.receive(message);
    }
    expect(await judge.forged(carl, anna, { proposals: [remove(2)] })).toBe('remove_not_permitted');
    expect(await judge.forged(carl, bert, { proposals: [remove(0)] })).toBe('valid');
    const back = await bert.commit({ proposals: [describe({ admins: ['anna'] })] });
    for (const member of [anna, carl]) await member.receive(back.message);
  });

  test('the lowest leaf is the admin when none of the descriptor is a member', async () => {
    const { anna: first, bert: second, carl: third } = await threeMembers(world, { admins: ['anna', 'zora'] });
    const leave = await createProposal(first.state, remove(0), { random });
    await second.receive(leave.message);
    await third.receive(leave.message);
    expect(await judge.forged(second, third, { proposals: [remove(1)] })).toBe('remove_not_permitted');
    const gone = await third.commit({});
    const verdict = await judge.verdict(second, gone.message);
    expect(verdict).toMatchObject({ valid: true, change: { by: 'carl', left: ['anna'], removed: [] } });
    await second.receive(gone.message);
    expect(await judge.forged(third, second, { proposals: [describe({ admins: ['bert'] })] })).toBe('valid');
    expect(await judge.forged(second, third, { proposals: [describe({ admins: ['carl'] })] })).toBe(
      'descriptor_change_not_permitted',
    );
    expect(await judge.forged(third, second, { proposals: [remove(2)] })).toBe('valid');
  });
});

suite('proposals that no group takes (groups page, section 1)', () => {
  test('a pre-shared key is one', async () => {
    const psk = { type: 'psk', psk: { type: 'external', pskId: Uint8Array.of(1), nonce: random(48) } } as const;
    const preSharedKeys = [{ type: 'external', pskId: Uint8Array.of(1), psk: Uint8Array.of(2) }] as const;
    expect(await judge.forged(bert, anna, { proposals: [psk], preSharedKeys })).toBe('proposal_not_allowed');
  });

  test('ReInit and ExternalInit MLS itself refuses', async () => {
    const reinit = { type: 'reinit', groupId: random(16), version: 1, cipherSuite: 0xf64a, extensions: [] } as const;
    expect(await judge.forged(bert, anna, { proposals: [reinit] })).toBe('reinit_not_supported');
    const init = { type: 'external_init', kemOutput: random(8) } as const;
    expect(await judge.forged(bert, anna, { proposals: [init] })).toBe('misplaced_external_init');
  });

  test('a commit in a PublicMessage is as none', async () => {
    expect(await judge.forged(bert, anna, { wireFormat: 'mls_public_message' })).toBe('proposal_not_allowed');
  });
});

suite('proposals by reference (groups page, section 5)', () => {
  test('a Remove of the own leaf is committed by another member', async () => {
    const leave = await proposed(carl.state, anna.state, remove(2));
    const references = [leave.pending];
    const reader = { state: leave.state };
    expect(await judge.forged(reader, bert, { references })).toBe('valid');
    expect(await judge.forged(reader, bert, { references, withPath: false })).toBe('path_missing');
  });

  test('no Remove of another, Update or Add', async () => {
    const update = { type: 'update', leafNode: await updateLeafOf(carl.state) } as const;
    for (const proposal of [remove(1), remove(0), update, add(await keyPackageOf(dora)), describe({ name: 'Work' })]) {
      const { state, pending } = await proposed(carl.state, bert.state, proposal);
      const found = await judge.forged({ state }, anna, { references: [pending] });
      const expected =
        proposal.type === 'remove' && proposal.removed === 0 ? 'removal_of_committer' : 'proposal_by_reference';
      expect(found, proposal.type).toBe(expected);
    }
  });

  test('is told apart from what the committer does itself', async () => {
    const [leave, own] = await Promise.all([bert, anna].map(({ state }) => proposed(carl.state, state, remove(2))));
    if (leave === undefined || own === undefined) throw new Error('The proposal did not arrive.');
    const { message } = await createCommit(own.state, { proposals: [remove(1)], random });
    expect(await judge.verdict(leave, message)).toMatchObject({
      valid: true,
      change: { by: 'anna', left: ['carl'], removed: ['bert'], added: [], rejoined: [], updated: true },
    });
  });
});
