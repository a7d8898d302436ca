import { beforeAll, expect, describe as suite, test } from 'vitest';
import { createCommit } from '../../mls/group/create-commit.ts';
import { proposed } from '../../mls/testing/hostile-member.ts';
import type { TestMember } from '../../mls/testing/test-member.ts';
import { toHex } from '../../protocol/bytes.ts';
import { day, type GroupAgent, GroupWorld, now, random, signingPair } from '../testing/group-world.ts';
import {
  add,
  describe,
  Judge,
  joinedBy,
  keyPackageOf,
  membersOfGroup,
  remove,
  threeMembers,
} from '../testing/judged-group.ts';
import { updatedWith } from '../testing/updated-with.ts';
import { encodeReason } from './reason.ts';

let world: GroupWorld;
let judge: Judge;
let carlAgent: GroupAgent;
let anna: TestMember;
let bert: TestMember;
let carl: TestMember;
let rejoins: string;

beforeAll(async () => {
  world = await GroupWorld.create();
  judge = new Judge(world);
  ({ anna, bert, carl } = await threeMembers(world));
  carlAgent = await world.agent('carl');
  rejoins = toHex(anna.state.context.groupId);
});

/** What Carl makes to come back: for this group, and later than the credential of his leaf. */
const comesBack = (change: Parameters<typeof keyPackageOf>[1] = {}, agent = carlAgent) =>
  keyPackageOf(agent, { rejoins, notBefore: now + 1, ...change });

suite('coming back (groups page, section 5)', () => {
  test('any member takes a stranded one in again', async () => {
    const proposals = [remove(2), add(await comesBack())];
    expect(await judge.forged(anna, bert, { proposals })).toBe('valid');
    expect(await judge.forged(bert, anna, { proposals })).toBe('valid');
    const { message } = await createCommit(bert.state, { proposals, random });
    expect(await judge.verdict(anna, message)).toMatchObject({
      valid: true,
      change: { by: 'bert', rejoined: ['carl'], added: [], removed: [], left: [], updated: true },
    });
  });

  test('also in a direct group', async () => {
    const [first, second] = await membersOfGroup([await world.agent('anna'), carlAgent], {
      kind: 'direct',
      admins: ['anna', 'carl'],
    });
    if (first === undefined || second === undefined) throw new Error('The group is too small.');
    const own = toHex(first.state.context.groupId);
    const proposals = [remove(1), add(await comesBack({ rejoins: own }))];
    // Nobody but the committer and who comes back is left to judge: the maker does, and who joins.
    expect(await judge.forged(second, first, { proposals })).toBe('valid');
  });

  test('has a path', async () => {
    const proposals = [remove(2), add(await comesBack())];
    expect(await judge.forged(anna, bert, { proposals, withPath: false })).toBe('path_missing');
  });

  test('takes no package that its owner did not make for that, by an admin either', async () => {
    const ordinary = [remove(2), add(await keyPackageOf(carlAgent, { notBefore: now + 1 }))];
    const elsewhere = [remove(2), add(await comesBack({ rejoins: 'ab'.repeat(16) }))];
    for (const committer of [anna, bert]) {
      const reader = committer === anna ? bert : anna;
      for (const proposals of [ordinary, elsewhere]) {
        expect(await judge.forged(reader, committer, { proposals })).toBe('credential_purpose');
      }
    }
  });

  test('takes none that is not newer than the leaf', async () => {
    for (const notBefore of [now, now - 1]) {
      const proposals = [remove(2), add(await comesBack({ notBefore, notAfter: now + 5 * day }))];
      expect(await judge.forged(anna, bert, { proposals })).toBe('rejoin_not_newer');
    }
  });

  test('takes none of another agent or of another RSA key', async () => {
    const dora = await world.agent('dora');
    expect(await judge.forged(anna, bert, { proposals: [remove(2), add(await comesBack({}, dora))] })).toBe(
      'credential_purpose',
    );
    const otherKey = await world.certify('carl', await signingPair());
    const proposals = [remove(2), add(await comesBack({}, otherKey))];
    expect(await judge.forged(anna, bert, { proposals })).toBe('signing_key_changed');
    expect(await judge.forged(bert, anna, { proposals })).toBe('signing_key_changed');
    const renewed = await world.certify('carl', carlAgent.pair);
    const same = [remove(2), add(await comesBack({}, renewed))];
    expect(await judge.forged(anna, bert, { proposals: same })).toBe('valid');
  });

  test('is exactly one Remove and one Add, by value', async () => {
    const back = add(await comesBack());
    const dora = add(await keyPackageOf(await world.agent('dora')));
    for (const proposals of [
      [remove(2), back, dora],
      [remove(2), back, remove(1)],
    ]) {
      expect(await judge.forged(bert, anna, { proposals })).toBe('rejoin_not_exact');
    }
    expect(await judge.forged(bert, anna, { proposals: [remove(2), back, describe({ name: 'x' })] })).toBe(
      'descriptor_change_not_alone',
    );
    const leave = await proposed(carl.state, anna.state, remove(2));
    expect(await judge.forged(leave, bert, { references: [leave.pending], proposals: [back] })).toBe(
      'rejoin_not_exact',
    );
    expect(await judge.forged(anna, bert, { proposals: [back] })).toBe('credential_purpose');
    expect(await judge.forged(anna, bert, { proposals: [remove(0), back] })).toBe('credential_purpose');
  });

  test('needs no reason and takes none', async () => {
    const proposals = [remove(2), add(await comesBack())];
    const authenticatedData = encodeReason('expired');
    const at = { at: now + 40 * day };
    expect(await judge.forged(anna, bert, { proposals, authenticatedData }, at)).toBe('authenticated_data_not_allowed');
  });

  test('a credential for it is in no other commit, and stays where it came in', async () => {
    const own = await comesBack();
    const { message, welcome, next } = await createCommit(bert.state, { proposals: [remove(2), add(own)], random });
    bert.state = next;
    await anna.receive(message);
    carl.state = await joinedBy(welcome, own);
    expect(await judge.forged(anna, carl, {})).toBe('valid');
    // A new credential is an ordinary one.
    const fresh = await updatedWith(carl, carlAgent, { rejoins, notBefore: now + 2 });
    expect(await judge.code(anna, fresh.message)).toBe('credential_purpose');
    const ordinary = await updatedWith(carl, carlAgent, { notBefore: now + 2 });
    expect(await judge.code(anna, ordinary.message)).toBe('valid');
    const dora = await keyPackageOf(await world.agent('dora'), { rejoins });
    expect(await judge.forged(bert, anna, { proposals: [add(dora)] })).toBe('credential_purpose');
  });
});
