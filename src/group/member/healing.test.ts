import { beforeAll, describe, expect, it } from 'vitest';
import { leafAt } from '../../mls/tree/ratchet-tree.ts';
import { credentialOf } from '../credential/members.ts';
import { messageIdOf } from '../payload/testing/message-ids.ts';
import { signatureKeyId } from '../storage/stored-step.ts';
import { day, GroupWorld } from '../testing/group-world.ts';
import { credentialDue, healingDue, mustCommitFirst } from './healing.ts';
import type { Seat } from './testing/seat.ts';
import { lastOf, type Trio, trioOf } from './testing/trio.ts';

let world: GroupWorld;
let trio: Trio;

beforeAll(async () => {
  world = await GroupWorld.create();
  trio = await trioOf(world);
});

function credentialIn({ member }: Seat) {
  const leaf = leafAt(member.state.tree, member.state.ownLeaf);
  if (leaf === undefined) throw new Error('The member has no leaf.');
  return credentialOf(leaf);
}

describe('healing (groups page, section 5)', () => {
  it('is due after 100 generations, what was dropped included, and must be before the 151st', async () => {
    const { bert, log } = trio;
    const messageId = messageIdOf(0xef);
    const encrypt = (count: number) =>
      Array.from({ length: count }).reduce<Promise<unknown>>(
        (before) => before.then(() => bert.encrypt({ type: 'GROUP_RECEIPT', messageId, sentAt: log.at, read: 0 })),
        Promise.resolve(),
      );
    await encrypt(99);
    expect(healingDue(bert.member, log.at)).toBeUndefined();
    await encrypt(1);
    expect(healingDue(bert.member, log.at)).toBe('generations');
    await encrypt(49);
    expect(mustCommitFirst(bert.member)).toBeUndefined();
    await encrypt(1);
    expect(mustCommitFirst(bert.member)).toBe('generations');
    await expect(encrypt(1)).rejects.toMatchObject({ code: 'unavailable' });
    await bert.commit({});
    expect(await lastOf(...trio.all)).toEqual(Array(3).fill('next_epoch'));
    expect(healingDue(bert.member, log.at)).toBeUndefined();
    await encrypt(1);
  });

  it('is due after 24 h with traffic, and not without', async () => {
    const { carl, anna, log } = trio;
    await lastOf(...trio.all);
    await carl.commit({});
    await lastOf(...trio.all);
    expect(healingDue(carl.member, log.at + 2 * day)).toBeUndefined();
    await anna.say('traffic');
    await carl.catchUp();
    await carl.restart();
    const { renewedAt } = carl.member;
    expect(healingDue(carl.member, renewedAt + day - 1)).toBeUndefined();
    expect(healingDue(carl.member, renewedAt + day)).toBe('age');
    // What another renews does not renew this member's keys.
    await anna.commit({});
    await lastOf(...trio.all);
    expect(healingDue(carl.member, renewedAt + day)).toBe('age');
    await carl.commit({});
    await lastOf(...trio.all);
    await carl.restart();
    expect(healingDue(carl.member, log.at + day + 10)).toBeUndefined();
  });

  it('brings a new credential when it ends within 7 days, has ended, or its certificate was renewed', async () => {
    const { bert } = trio;
    const { notAfter, certificate } = credentialIn(bert);
    const due = (now: number) => credentialDue(bert.member, now, certificate);
    expect(due(notAfter - 7 * day)).toBeUndefined();
    expect(due(notAfter - 7 * day + 1)).toBe('expires');
    expect(due(notAfter)).toBe('expires');
    expect(due(notAfter + 1)).toBe('expired');
    const other = certificate.map((byte) => byte ^ 1);
    expect(credentialDue(bert.member, notAfter - 8 * day, other)).toBe('renewed');
  });

  it('drops the old leaf key with the epoch, and the new one with a commit that was dropped', async () => {
    const { bert, anna } = trio;
    await lastOf(...trio.all);
    const keys = () => new Set(bert.rows.keys.keys());
    const before = keys();
    expect(before.size).toBe(1);
    const dropped = await bert.prepare({ newIdentity: await bert.newIdentity() });
    expect(keys().size).toBe(2);
    await bert.restart();
    await bert.drop();
    expect(keys()).toEqual(before);
    expect(dropped.newKey).toBeDefined();
    await bert.commit({ newIdentity: await bert.newIdentity() });
    await lastOf(...trio.all);
    const own = leafAt(anna.member.state.tree, bert.member.state.ownLeaf);
    const id = await signatureKeyId(crypto.subtle, own?.signatureKey ?? new Uint8Array(0));
    expect(keys()).toEqual(new Set([id]));
    await bert.restart();
    await bert.say('with the new key');
    expect(await lastOf(anna)).toEqual(['message']);
    // Another's commit takes the place of one that waits, with its key.
    await bert.catchUp();
    await bert.prepare({ newIdentity: await bert.newIdentity() });
    await anna.commit({});
    await lastOf(...trio.all);
    expect(keys()).toEqual(new Set([id]));
    expect(bert.pending).toBeUndefined();
  });
});
