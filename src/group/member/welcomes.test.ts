import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MlsError } from '../../mls/errors.ts';
import type { KeyPackage } from '../../mls/structures/key-package.ts';
import { GroupError } from '../codes.ts';
import { createGroupKeyPackage } from '../credential/key-package.ts';
import type { LogEntry } from '../log/entry.ts';
import { isGroupId } from '../log/group-id.ts';
import { day, GroupWorld, random } from '../testing/group-world.ts';
import type { CommitPlan } from './intents.ts';
import { joinFromWelcome, openWelcome, type ReceivedWelcome } from './join.ts';
import type { Seat } from './testing/seat.ts';
import { type Trio, trioOf } from './testing/trio.ts';

let world: GroupWorld;
let trio: Trio;

beforeAll(async () => {
  world = await GroupWorld.create();
});

beforeEach(async () => {
  trio = await trioOf(world);
});

async function codeOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return 'accepted';
  } catch (error) {
    if (error instanceof GroupError || error instanceof MlsError) return error.code;
    throw error;
  }
}

/** The Welcome that Dora gets, and what it comes with. */
async function invited(author: Seat, plan: (keyPackage: KeyPackage) => CommitPlan): Promise<ReceivedWelcome> {
  const dora = await world.agent('dora');
  const { log } = trio;
  const claims = dora.claims({ notBefore: log.at, notAfter: log.at + 20 * day });
  const { keyPackage, secrets } = await createGroupKeyPackage(claims, dora.sign, random);
  await author.commit(plan(keyPackage));
  const item = log.welcomes.at(-1);
  const entry = log.entries.at(-1);
  if (item === undefined || entry === undefined) throw new Error('There is no Welcome.');
  const { groupId } = log;
  return { message: item.message, keyPackage, secrets, selfId: 'dora', entry, groupId, isRejoin: false };
}

const byAnna = () => invited(trio.anna, (keyPackage) => ({ add: [keyPackage] }));

describe('a Welcome (groups page, section 2)', () => {
  it('of an admin opens: it tells of the group before it is joined', async () => {
    const opened = await openWelcome(await byAnna());
    expect(opened.inviter).toBe('anna');
    expect(opened.descriptor).toMatchObject({ kind: 'group', name: 'Family', admins: ['anna'] });
    expect(opened.members.map(({ agentId }) => agentId)).toEqual(['anna', 'bert', 'carl', 'dora']);
  });

  it('is refused when its signer is no admin, unless it is a rejoin that was asked for', async () => {
    const received = await invited(trio.bert, (keyPackage) => ({ add: [keyPackage] }));
    expect(await codeOf(() => openWelcome(received))).toBe('welcome_not_permitted');
    expect(await codeOf(() => openWelcome({ ...received, isRejoin: true }))).toBe('accepted');
  });

  it('is refused when group_id, epoch less one or signer are not those of the entry', async () => {
    const received = await byAnna();
    const { entry } = received;
    const first = trio.log.entries[0];
    const other = 'ab'.repeat(16);
    if (first === undefined || !isGroupId(other)) throw new Error('The log is empty.');
    const wrong: readonly Partial<ReceivedWelcome>[] = [
      { groupId: other },
      { entry: { ...entry, sender: 'bert' } },
      { entry: { ...entry, content: first.content } },
      { entry: { ...entry, kind: 'message' } },
      { entry: { ...entry, content: { messageHash: random(32) } } },
    ];
    for (const change of wrong) {
      expect(await codeOf(() => openWelcome({ ...received, ...change }))).toBe('welcome_not_of_entry');
    }
    const elsewhere = await trioOf(world);
    const { content } = elsewhere.log.entries[0] ?? entry;
    expect(await codeOf(() => openWelcome({ ...received, entry: { ...entry, content } }))).toBe('welcome_not_of_entry');
  });

  it('is refused for another KeyPackage than the own one', async () => {
    const received = await byAnna();
    const dora = await world.agent('dora');
    const { keyPackage, secrets } = await createGroupKeyPackage(dora.claims(), dora.sign, random);
    expect(await codeOf(() => openWelcome({ ...received, keyPackage, secrets }))).toBe('welcome_not_for_key_package');
  });

  it('is refused when it is none', async () => {
    const received = await byAnna();
    expect(await codeOf(() => openWelcome({ ...received, message: random(20) }))).not.toBe('accepted');
    const { content } = received.entry;
    const message = 'message' in content ? content.message : random(1);
    expect(await codeOf(() => openWelcome({ ...received, message }))).toBe('not_a_group_message');
  });

  it('joins when every leaf is vouched for, and waits when that cannot be told', async () => {
    const received = await byAnna();
    const opened = await openWelcome(received);
    const before = trio.log.headBefore(received.entry.index);
    const { authorities, certificates } = world.evidence;
    const nothing = await joinFromWelcome(crypto.subtle, opened, before, { authorities, certificates: new Map() });
    expect(nothing).toMatchObject({ needs: 'certificates' });
    const unknown = new Map([...certificates.keys()].map((key) => [key, 'unknown'] as const));
    const refused = await joinFromWelcome(crypto.subtle, opened, before, { authorities, certificates: unknown });
    expect(refused).toEqual({ valid: false, code: 'certificate_unknown' });
    const joined = await joinFromWelcome(crypto.subtle, opened, before, world.evidence);
    if (!('type' in joined)) throw new Error('The Welcome is refused.');
    const entry: LogEntry = received.entry;
    const { member } = joined.step;
    expect(member).toMatchObject({ next: entry.index + 1, firstIndex: entry.index, lastCommit: entry.index });
    expect(member.head).toEqual(trio.log.heads[entry.index]);
    expect(member.isHeadConfirmed).toBe(false);
    expect(Object.keys(joined.schedule)).toContain('epoch_authenticator');
  });
});
