import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { descriptorIn } from '../profile/group-context.ts';
import { day, GroupWorld } from '../testing/group-world.ts';
import { lastOf, type Trio, trioOf } from './testing/trio.ts';

let world: GroupWorld;
let trio: Trio;

beforeAll(async () => {
  world = await GroupWorld.create();
});

beforeEach(async () => {
  trio = await trioOf(world);
});

describe('a commit (groups page, sections 4 and 5)', () => {
  it('is the first entry of a group, with both lists and `after` -1', () => {
    const [first] = trio.log.entries;
    expect(first).toMatchObject({ kind: 'commit', sender: 'anna', index: 0 });
    expect(first?.lists).toEqual({ members: ['anna', 'bert', 'carl'], admins: ['anna'] });
    expect(trio.anna.member.lists).toEqual(first?.lists);
    expect(trio.bert.member.lists).toEqual(first?.lists);
  });

  it('is pending until the log has it, also after a restart, and becomes the state', async () => {
    const { anna, log } = trio;
    const made = await anna.prepare({ newIdentity: await anna.newIdentity(), memo: Uint8Array.of(1, 2) });
    await anna.restart();
    expect(anna.pending?.entry).toEqual(made.entry);
    expect(anna.pending?.memo).toEqual(Uint8Array.of(1, 2));
    expect(anna.pending?.schedule).toEqual(made.schedule);
    await log.place('anna', made.entry);
    expect(await lastOf(...trio.all)).toEqual(Array(3).fill('next_epoch'));
    expect(anna.rows.rows.has('pending')).toBe(false);
  });

  it('that lost is dropped; the state that one falls back to has its handshake ratchet advanced', async () => {
    const { anna, bert, carl, log } = trio;
    await carl.commit({ remove: [carl.leafOf('bert')] });
    const lost = await bert.prepare({});
    expect(await bert.append()).toBe(false);
    await bert.restart();
    await bert.catchUp();
    const again = await bert.prepare({});
    // Both are in the log of a service that kept the first: they have two generations, so the second opens, too.
    await log.place('bert', {
      kind: 'commit',
      message: lost.entry.message.map((byte, at) => (at === lost.entry.message.length - 1 ? byte ^ 1 : byte)),
    });
    await log.place('bert', again.entry);
    expect(await lastOf(anna, carl, bert)).toEqual(Array(3).fill('next_epoch'));
  });

  it('of an admin says how the lists are; lists that stay as they are do not go with it', async () => {
    const { anna, log } = trio;
    const dora = await trio.seat('dora');
    const added = await anna.prepare({ add: [await dora.keyPackage()] });
    expect(added.entry.lists).toEqual({ members: ['anna', 'bert', 'carl', 'dora'], admins: ['anna'] });
    expect(added.entry.welcome?.to).toEqual(['dora']);
    await log.place('anna', added.entry);
    await lastOf(...trio.all);
    const update = await anna.prepare({});
    expect(update.entry.lists).toBeUndefined();
    expect(update.entry.welcome).toBeUndefined();
    await anna.drop();
    const { createdAt } = descriptorIn(anna.member.state.context.extensions);
    const admins = await anna.prepare({
      descriptor: { kind: 'group', name: 'New', admins: ['anna', 'bert'], createdAt },
    });
    expect(admins.entry.lists).toEqual({ members: ['anna', 'bert', 'carl', 'dora'], admins: ['anna', 'bert'] });
  });

  it('of another member lacks only who has left or is revoked, and leaves the rest to the next admin', async () => {
    const { anna, bert, carl, log } = trio;
    await anna.leave();
    await lastOf(...trio.all);
    const left = await bert.prepare({});
    expect(left.entry.lists).toEqual({ members: ['bert', 'carl'], admins: [] });
    await bert.drop();
    const revoked = await bert.prepare({ remove: [bert.leafOf('carl')], because: 'revoked' });
    expect(revoked.entry.lists).toEqual({ members: ['bert'], admins: [] });
    await bert.drop();
    const expired = await bert.prepare({ remove: [bert.leafOf('carl')], because: 'expired' });
    expect(expired.entry.lists).toEqual({ members: ['bert', 'carl'], admins: [] });
    await bert.drop();
    log.wait(1);
    const keyPackage = await carl.keyPackage({ rejoins: log.groupId });
    const rejoin = await bert.prepare({ rejoin: { leaf: bert.leafOf('carl'), keyPackage } });
    expect(rejoin.entry.lists).toBeUndefined();
    expect(rejoin.entry.welcome?.to).toEqual(['carl']);
    await bert.drop();
    // When no admin is a member any more, anybody says how they are: the member with the lowest leaf is the admin.
    await bert.commit({});
    await lastOf(bert, carl);
    const next = await carl.prepare({});
    expect(next.entry.lists).toEqual({ members: ['bert', 'carl'], admins: ['bert'] });
  });

  it('that removes an expired member is judged at the entry’s time by its maker as by everybody', async () => {
    const { anna, bert, carl, log } = trio;
    const soon = { notAfter: log.at + 2 * day };
    await carl.commit({ newIdentity: await carl.newIdentity(soon) });
    await lastOf(...trio.all);
    log.wait(3 * day - 1_000);
    await bert.commit({ remove: [bert.leafOf('carl')], because: 'expired' });
    expect(await lastOf(...trio.all)).toEqual(Array(3).fill('skipped not_expired'));
    log.wait(1_000);
    await bert.commit({ remove: [bert.leafOf('carl')], because: 'expired' });
    expect(await lastOf(anna, bert, carl)).toEqual(['next_epoch', 'next_epoch', 'removed']);
  });

  it('that removes a revoked member is valid when the list has it', async () => {
    const { anna, bert, carl, log } = trio;
    const { serial } = carl.agent;
    const since = log.at;
    for (const seat of [anna, bert, carl]) seat.revokedSince = (asked) => (asked === serial ? since : undefined);
    await bert.commit({ remove: [bert.leafOf('carl')], because: 'revoked' });
    expect(await lastOf(anna, bert, carl)).toEqual(['next_epoch', 'next_epoch', 'removed']);
    expect(anna.member.lists).toEqual({ members: ['anna', 'bert'], admins: ['anna'] });
  });
});
