import { beforeAll, expect, describe as suite, test } from 'vitest';
import { hostileCommit } from '../../mls/testing/hostile-member.ts';
import type { TestMember } from '../../mls/testing/test-member.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { certificateKey } from '../credential/credential.ts';
import { day, type GroupAgent, GroupWorld, now } from '../testing/group-world.ts';
import { add, describe, Judge, keyPackageOf, remove, staged, threeMembers } from '../testing/judged-group.ts';
import type { RevocationEvidence } from './commit-change.ts';
import { certificatesNeeded } from './needed.ts';
import { encodeReason } from './reason.ts';

const utf8 = (text: string): Bytes => new TextEncoder().encode(text);
const end = now + 30 * day;

let world: GroupWorld;
let judge: Judge;
let anna: TestMember;
let bert: TestMember;
let carl: TestMember;
let agents: Readonly<Record<'anna' | 'bert' | 'carl', GroupAgent>>;

beforeAll(async () => {
  world = await GroupWorld.create();
  judge = new Judge(world);
  ({ anna, bert, carl } = await threeMembers(world));
  const [annaAgent, bertAgent, carlAgent] = await Promise.all(
    ['anna', 'bert', 'carl'].map((name) => world.agent(name)),
  );
  if (annaAgent === undefined || bertAgent === undefined || carlAgent === undefined)
    throw new Error('An agent is missing.');
  agents = { anna: annaAgent, bert: bertAgent, carl: carlAgent };
});

/** Bert removes Carl for a reason. */
const expel = (authenticatedData: Bytes, evidence: Parameters<Judge['forged']>[3]) =>
  judge.forged(anna, bert, { proposals: [remove(2)], authenticatedData }, evidence);

suite('a member that has expired (groups page, section 5)', () => {
  const expired = encodeReason('expired');

  test('is removed by anybody from a day after not_after on, by the time of the entry', async () => {
    expect(await expel(expired, { at: end + day })).toBe('valid');
    expect(await expel(expired, { at: end + 400 * day })).toBe('valid');
    expect(await expel(expired, { at: end + day - 1 })).toBe('not_expired');
    expect(await expel(expired, { at: now })).toBe('not_expired');
  });

  test('is removed alone, or with others that have', async () => {
    const both = { proposals: [remove(1), remove(2)], authenticatedData: expired };
    const { carl: third, anna: reader } = await threeMembers(world);
    expect(await judge.forged(reader, third, { ...both, proposals: [remove(0), remove(1)] }, { at: end + day })).toBe(
      'valid',
    );
    expect(await judge.forged(reader, third, { ...both, proposals: [remove(0), remove(1)] }, { at: end })).toBe(
      'not_expired',
    );
  });

  test('says why in the change', async () => {
    const commit = { proposals: [remove(2)], authenticatedData: expired };
    const { message } = await bert.commit({ ...commit });
    const verdict = await judge.verdict(anna, message, { at: end + day });
    expect(verdict).toMatchObject({ valid: true, change: { removed: ['carl'], because: 'expired' } });
    ({ anna, bert, carl } = await threeMembers(world));
  });

  test('permits neither Adds nor a change of the descriptor', async () => {
    const dora = add(await keyPackageOf(await world.agent('dora')));
    const at = { at: end + day };
    const commit = { authenticatedData: expired };
    expect(await judge.forged(anna, bert, { ...commit, proposals: [remove(2), dora] }, at)).toBe('add_not_permitted');
    expect(await judge.forged(anna, bert, { ...commit, proposals: [remove(2), describe({ name: 'x' })] }, at)).toBe(
      'descriptor_change_not_permitted',
    );
  });
});

suite('a member that is revoked (groups page, section 5)', () => {
  const revoked = encodeReason('revoked');
  const listing = (since: Readonly<Record<string, number>>, isFinal: boolean): { revocations: RevocationEvidence } => ({
    revocations: { revokedSince: (serial) => since[serial], isFinal },
  });

  test('is removed by anybody, when the list says so of the time of the entry', async () => {
    const { serial } = agents.carl;
    for (const isFinal of [false, true]) {
      expect(await expel(revoked, listing({ [serial]: now }, isFinal))).toBe('valid');
      expect(await expel(revoked, listing({ [serial]: now - day }, isFinal))).toBe('valid');
    }
    expect(await expel(revoked, listing({ [serial]: now + 1 }, true))).toBe('not_revoked');
    expect(await expel(revoked, listing({ [agents.anna.serial]: now }, true))).toBe('not_revoked');
    expect(await expel(revoked, listing({}, true))).toBe('not_revoked');
  });

  test('is looked up once more before the commit is refused', async () => {
    expect(await expel(revoked, {})).toBe('needs revocations');
    expect(await expel(revoked, listing({}, false))).toBe('needs revocations');
    expect(await expel(revoked, listing({ [agents.carl.serial]: now + 1 }, false))).toBe('needs revocations');
    const message = await hostileCommit(bert.state, {
      proposals: [remove(2)],
      framed: (content) => ({ ...content, authenticatedData: revoked }),
    });
    const verdict = await judge.verdict(anna, message);
    if (!('needs' in verdict) || verdict.needs !== 'revocations') throw new Error('It needs no list.');
    expect(verdict.decides({ revokedSince: () => now })).toBe(true);
    expect(verdict.decides({ revokedSince: () => now + 1 })).toBe(false);
    expect(certificatesNeeded(await staged(anna, message))).toContain(certificateKey(agents.carl.claims()));
  });

  test('is not removed beside one that is not', async () => {
    const commit = { proposals: [remove(0), remove(1)], authenticatedData: revoked };
    const { serial } = agents.anna;
    expect(await judge.forged(bert, carl, commit, listing({ [serial]: now }, true))).toBe('not_revoked');
    expect(await judge.forged(bert, carl, commit, listing({ [serial]: now, [agents.bert.serial]: now }, true))).toBe(
      'valid',
    );
  });

  test('is not looked up for a removal that an admin may make anyway', async () => {
    const commit = { proposals: [remove(2)], authenticatedData: revoked };
    expect(await judge.forged(bert, anna, commit)).toBe('valid');
    const { message } = await anna.commit(commit);
    const verdict = await judge.verdict(bert, message);
    expect(verdict).toMatchObject({ valid: true, change: { removed: ['carl'] } });
    expect(verdict).not.toHaveProperty('change.because');
    ({ anna, bert, carl } = await threeMembers(world));
  });
});

suite('authenticated_data (groups page, sections 1 and 5)', () => {
  test.each([
    ['{"because": "expired"}'],
    ['{"because":"expired"} '],
    ['{"because":"bored"}'],
    ['{"because":"expired","more":1}'],
    ['{}'],
    ['x'],
  ])('%s is no reason', async (text) => {
    expect(await expel(utf8(text), { at: end + day })).toBe('authenticated_data_not_allowed');
    expect(await judge.forged(bert, anna, { authenticatedData: utf8(text) })).toBe('authenticated_data_not_allowed');
  });

  test('a reason stands with a removal only', async () => {
    for (const reason of ['expired', 'revoked'] as const) {
      const authenticatedData = encodeReason(reason);
      expect(await judge.forged(anna, bert, { authenticatedData }, { at: end + day })).toBe(
        'authenticated_data_not_allowed',
      );
      const proposals = [add(await keyPackageOf(await world.agent('dora')))];
      expect(await judge.forged(bert, anna, { authenticatedData, proposals })).toBe('authenticated_data_not_allowed');
    }
  });
});
