import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toLeafIndex } from '../../mls/indices.ts';
import { hostileMessage } from '../../mls/testing/hostile-member.ts';
import { GroupWorld } from '../testing/group-world.ts';
import { leaversTurn, mustCommitFirst } from './healing.ts';
import { lastOf, type Trio, trioOf } from './testing/trio.ts';

let world: GroupWorld;
let trio: Trio;

beforeAll(async () => {
  world = await GroupWorld.create();
});

beforeEach(async () => {
  trio = await trioOf(world);
});

describe('a proposal (groups page, section 5)', () => {
  it('is the Remove of the sender’s own leaf, which the next commit holds', async () => {
    const { anna, bert, carl, all } = trio;
    const { entry } = await bert.leave();
    expect(entry).toMatchObject({ kind: 'proposal', isLeaving: true, after: 0 });
    expect(await lastOf(...all)).toEqual(Array(3).fill('leaving'));
    expect(bert.waiting).toBe(0);
    expect(mustCommitFirst(anna.member)).toBe('leavers');
    await bert.restart();
    expect(mustCommitFirst(bert.member)).toBeUndefined();
    await carl.commit({});
    expect(await lastOf(anna, bert, carl)).toEqual(['next_epoch', 'removed', 'next_epoch']);
    expect([...anna.leaves.keys()]).toEqual(['anna', 'carl']);
    expect(mustCommitFirst(anna.member)).toBeUndefined();
  });

  it('of a leaf in an epoch counts once: the first', async () => {
    const { bert, all } = trio;
    await bert.leave();
    await bert.leave();
    expect(await lastOf(...all)).toEqual(Array(3).fill('skipped already_leaving'));
    for (const { member } of all) expect(member.state.proposals).toHaveLength(1);
  });

  it('counts when it is in the log, and not when it was only made', async () => {
    const { anna, bert, carl, log, all } = trio;
    // The service refuses the first one: a commit came before it, which everybody skips.
    await carl.commit({ remove: [carl.leafOf('bert')] });
    const first = await bert.leave();
    expect(log.entries).toHaveLength(2);
    await bert.catchUp();
    expect(bert.member.state.proposals).toHaveLength(0);
    await bert.leave();
    expect(await lastOf(...all)).toEqual(Array(3).fill('leaving'));
    expect(bert.member.state.proposals).toEqual(anna.member.state.proposals);
    expect(first.hash).not.toBe(undefined);
  });

  it('that the next valid commit does not hold is void, and made again', async () => {
    const { anna, bert, carl, log } = trio;
    const early = await anna.prepare({});
    await bert.leave();
    await log.place('anna', early.entry);
    expect(await lastOf(anna, bert, carl)).toEqual(Array(3).fill('next_epoch'));
    for (const { member } of [anna, bert, carl]) expect(member.state.proposals).toHaveLength(0);
    await bert.leave();
    expect(await lastOf(anna, bert, carl)).toEqual(Array(3).fill('leaving'));
  });

  it('that was made for another epoch is skipped', async () => {
    const { anna, bert, carl, log } = trio;
    const own = await bert.leave();
    log.entries.pop();
    log.heads.pop();
    await anna.commit({});
    await log.place('bert', own.entry);
    const [forAnna, forBert, forCarl] = await lastOf(anna, bert, carl);
    expect([forAnna, forCarl]).toEqual(Array(2).fill('skipped epoch_in_the_past'));
    expect(forBert).toBe('skipped made_for_another_epoch');
  });

  it('to remove another is skipped', async () => {
    const { anna, bert, carl, log } = trio;
    const proposal = { type: 'remove', removed: toLeafIndex(2) } as const;
    const { message } = await hostileMessage(bert.member.state, { type: 'proposal', proposal });
    await log.place('bert', { kind: 'proposal', message });
    expect(await lastOf(anna, carl)).toEqual(Array(2).fill('skipped proposal_by_reference'));
  });

  it('with authenticated data is skipped', async () => {
    const { anna, bert, log } = trio;
    const proposal = { type: 'remove', removed: bert.member.state.ownLeaf } as const;
    const framed = { authenticatedData: Uint8Array.of(1) };
    const { message } = await hostileMessage(bert.member.state, { type: 'proposal', proposal }, framed);
    await log.place('bert', { kind: 'proposal', message });
    expect(await lastOf(anna)).toEqual(['skipped authenticated_data_not_allowed']);
  });

  it('stops no message: one that comes behind it is valid', async () => {
    const { anna, bert, carl } = trio;
    await bert.leave();
    await carl.say('hello');
    expect(await lastOf(anna, bert, carl)).toEqual(['message', 'message', 'own_message']);
  });

  it('is in no commit that takes a member in again', async () => {
    const { anna, bert, carl, log } = trio;
    await bert.leave();
    await anna.catchUp();
    log.wait(1);
    carl.forget();
    const keyPackage = await carl.keyPackage({ rejoins: log.groupId });
    await anna.commit({ rejoin: { leaf: anna.leafOf('carl'), keyPackage } });
    await carl.join(true);
    expect(await lastOf(anna, bert)).toEqual(Array(2).fill('next_epoch'));
    expect([...bert.leaves.keys()].toSorted()).toEqual(['anna', 'bert', 'carl']);
  });

  it('is committed by the member after the leaver in leaf order at once, by the next ones after 1 s each, 10 s at most', async () => {
    const { anna, bert, carl } = trio;
    const turns = () => [anna, bert, carl].map(({ member }) => leaversTurn(member, [0, 1, 2]));
    expect(turns()).toEqual([undefined, undefined, undefined]);
    await bert.leave();
    await lastOf(anna, bert, carl);
    expect(turns()).toEqual([1, undefined, 0]);
    const many = Array.from({ length: 40 }, (_, leaf) => leaf);
    expect(leaversTurn(anna.member, many)).toBe(10);
  });
});
