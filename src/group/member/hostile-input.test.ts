import { beforeAll, describe, expect, inject, test } from 'vitest';
import { MlsError } from '../../mls/errors.ts';
import { Chance } from '../../mls/testing/chance.ts';
import { mutatedBytes } from '../../mls/testing/mutated-bytes.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { GroupError } from '../codes.ts';
import { checkGroupKeyPackage, createGroupKeyPackage, readGroupKeyPackage } from '../credential/key-package.ts';
import { messageIdOf } from '../payload/testing/message-ids.ts';
import { loadMember, loadOutbox, loadPending } from '../storage/load.ts';
import { GroupWorld, now, random } from '../testing/group-world.ts';
import { openWelcome } from './join.ts';
import { StoredRows } from './testing/stored-rows.ts';
import { type Trio, trioOf } from './testing/trio.ts';

const { subtle } = crypto;
const runs = inject('exhaustive') ? 10_000 : 150;
const chance = new Chance(Date.now());
let world: GroupWorld;
let trio: Trio;

beforeAll(async () => {
  world = await GroupWorld.create();
  trio = await trioOf(world);
});

/** True for the errors by which bytes of others are refused. */
function isRefusal(error: unknown): boolean {
  return error instanceof GroupError || error instanceof MlsError || error instanceof ParleyError;
}

/** Returns how many of so many mutations `act` refuses. Throws what is no refusal. */
async function refusals(bytes: Bytes, count: number, act: (mutated: Bytes) => unknown): Promise<number> {
  let refused = 0;
  for (let run = 0; run < count; run++) {
    try {
      await act(mutatedBytes(bytes, chance));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused++;
    }
  }
  return refused;
}

describe('what a service or a member has changed', { timeout: 1_800_000 }, () => {
  test('is skipped in a message, a proposal and a commit', async () => {
    const { anna, bert, carl, log } = trio;
    const unsent = { type: 'GROUP_MESSAGE', messageId: messageIdOf(7), sentAt: now, content: 'hello' } as const;
    const said = (await anna.encrypt(unsent)).entry;
    const commit = (await anna.prepare({})).entry;
    await anna.drop();
    const index = bert.member.next;
    const proposal = (await carl.leave()).entry;
    const entries = [
      { is: 'message', sender: 'anna', ...said },
      { is: 'leaving', sender: 'carl', ...proposal },
      { is: 'next_epoch', sender: 'anna', ...commit },
    ] as const;
    for (const { is, kind, message, sender } of entries) {
      const look = (bytes: Bytes) => bert.look({ index, kind, sender, content: { message: bytes }, at: log.at });
      expect((await look(message)).type).toBe(is);
      for (let run = 0; run < runs; run++) {
        expect((await look(mutatedBytes(message, chance))).type, `${kind}: ${run}`).toBe('skipped');
      }
      // Nothing of it was used up by what was refused.
      expect((await look(message)).type).toBe(is);
    }
  });

  test('lets nobody join by a Welcome', async () => {
    const { anna, log } = trio;
    const dora = await world.agent('dora');
    const own = await createGroupKeyPackage(dora.claims(), dora.sign, random);
    await anna.catchUp();
    await anna.commit({ add: [own.keyPackage] });
    const { message, index } = log.welcomes.at(-1) ?? {};
    const entry = log.entries[index ?? -1];
    if (message === undefined || entry === undefined) throw new Error('There is no Welcome.');
    const { groupId } = log;
    const received = { ...own, selfId: 'dora', entry, groupId, isRejoin: false };
    await openWelcome({ ...received, message });
    expect(await refusals(message, runs, (mutated) => openWelcome({ ...received, message: mutated }))).toBe(runs);
    await openWelcome({ ...received, message });
  });

  test('is refused in a KeyPackage', async () => {
    const dora = await world.agent('dora');
    const { bytes } = await createGroupKeyPackage(dora.claims(), dora.sign, random);
    const { certificate } = dora;
    const authorities = [world.authority.certificate];
    const check = (mutated: Bytes) =>
      checkGroupKeyPackage(readGroupKeyPackage(mutated), { agentId: 'dora', certificate, authorities, now });
    await check(bytes);
    expect(await refusals(bytes, runs, check)).toBe(runs);
    await check(bytes);
  });
});

describe('bytes that are wrong', { timeout: 1_800_000 }, () => {
  test('in a row of a member are storage_failed, or another member', async () => {
    const { anna } = trio;
    await anna.catchUp();
    await anna.prepare({ newIdentity: await anna.newIdentity() });
    await anna.leave();
    const { rows } = anna;
    const load = async (stored: StoredRows) => {
      await loadMember(subtle, trio.log.groupId, stored);
      await loadPending(stored);
      for await (const _ of loadOutbox(stored));
    };
    await load(rows);
    for (const [part, bytes] of rows.rows) {
      await refusals(bytes, Math.ceil(runs / 10), (mutated) => {
        const stored = new StoredRows();
        for (const [name, row] of rows.rows) stored.rows.set(name, row.slice());
        for (const [id, key] of rows.keys) stored.keys.set(id, key);
        stored.rows.set(part, mutated);
        return load(stored);
      }).catch((cause: unknown) => {
        throw new Error(`Reading ${part} breaks.`, { cause });
      });
    }
  });
});
