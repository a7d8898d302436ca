import { beforeAll, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { lastOf, trioOf } from '../member/testing/trio.ts';
import { GroupWorld } from '../testing/group-world.ts';
import { headMemory, isForgotten } from './head-record.ts';
import { loadMember } from './load.ts';
import { goldenRecords } from './testing/golden-records.ts';

describe('the records of a group', () => {
  it.each(goldenRecords)('%s is stored as it always was', (_, stored, encode, decode, value) => {
    expect(toHex(encode())).toBe(stored);
    expect(decode(fromHex(stored))).toEqual(value);
  });

  it.each(goldenRecords)('%s of another version, or cut short, cannot be read', (name, stored, _, decode) => {
    const refused = (hex: string) => {
      try {
        decode(fromHex(hex));
        return 'accepted';
      } catch (error) {
        return error instanceof ParleyError ? error.code : error;
      }
    };
    expect(refused(stored.slice(2))).toBe('storage_failed');
    expect(refused(stored.slice(0, -2))).toBe('storage_failed');
    expect(refused('')).toBe('storage_failed');
    if (!['head', 'auth'].includes(name)) expect(refused(`02${stored.slice(2)}`)).toBe('storage_failed');
  });

  it('of heads are kept 31 days', () => {
    const at = 1_790_000_000;
    expect(isForgotten({ at }, at + headMemory)).toBe(false);
    expect(isForgotten({ at }, at + headMemory + 1)).toBe(true);
    expect(headMemory).toBe(31 * 86_400);
  });
});

describe('what a message costs in storage (groups page, section 5, Storage)', () => {
  let world: GroupWorld;

  beforeAll(async () => {
    world = await GroupWorld.create();
  });

  it('is the ratchets of its leaf, the position and the head from a leaf’s second message on', async () => {
    const { anna, bert } = await trioOf(world);
    for (let count = 0; count < 3; count++) await anna.say('hello');
    await bert.catchUp();
    const { written } = bert.rows;
    expect([...written.keys()].toSorted()).toEqual(['head/0000000003', 'position', 'ratchets/0']);
    expect(written.get('ratchets/0')).toBeLessThanOrEqual(150);
    expect(written.get('position')).toBeLessThanOrEqual(20);
    expect(written.get('head/0000000003')).toBe(40);
  });

  it('is the same for what one says oneself, but for the bytes that wait', async () => {
    const { anna } = await trioOf(world);
    await anna.say('one');
    await anna.say('two');
    const parts = [...anna.rows.written].filter(([part]) => !part.startsWith('outbox/'));
    expect(parts).toEqual([['ratchets/0', expect.any(Number)]]);
    await anna.catchUp();
    expect([...anna.rows.written.keys()].toSorted()).toEqual(['head/0000000002', 'position']);
  });

  it('cannot be read when a part is missing, of another epoch, or its key is gone', async () => {
    const { anna, bert, log } = await trioOf(world);
    await anna.say('one');
    await anna.say('two');
    await bert.catchUp();
    const load = () => loadMember(crypto.subtle, log.groupId, bert.rows);
    const { rows, keys } = bert.rows;
    for (const part of ['position', 'epoch', 'secrets', 'acquaintances', 'head/0000000002']) {
      const kept = rows.get(part);
      rows.delete(part);
      await expect(load(), part).rejects.toMatchObject({ code: 'storage_failed' });
      if (kept !== undefined) rows.set(part, kept);
    }
    const former = rows.get('epoch');
    await anna.catchUp();
    await anna.commit({});
    await lastOf(bert);
    const present = rows.get('epoch');
    if (former !== undefined) rows.set('epoch', former);
    await expect(load()).rejects.toMatchObject({ code: 'storage_failed' });
    if (present !== undefined) rows.set('epoch', present);
    expect((await load())?.state.context.epoch).toBe(2n);
    keys.clear();
    await expect(load()).rejects.toMatchObject({ code: 'storage_failed' });
    rows.clear();
    expect(await load()).toBeUndefined();
  });
});
