import { toHex } from '../../../protocol/bytes.ts';
import type { Descriptor } from '../../descriptor/descriptor.ts';
import { type GroupWorld, now, random } from '../../testing/group-world.ts';
import { Seat } from './seat.ts';
import { StoredRows } from './stored-rows.ts';
import { TestLog } from './test-log.ts';

/** A group of Anna, who is its admin, Bert and Carl, in epoch 1, with its log. */
export interface Trio {
  readonly log: TestLog;
  readonly anna: Seat;
  readonly bert: Seat;
  readonly carl: Seat;
  readonly all: readonly [Seat, Seat, Seat];
  /** Another agent, which is in no group. */
  seat(name: string): Promise<Seat>;
}

/** Makes the group; its first entry is at 1,000 seconds after the world's clock. */
export async function trioOf(world: GroupWorld, descriptor: Partial<Descriptor> = {}): Promise<Trio> {
  const log = await TestLog.create(toHex(random(16)), now + 1_000);
  const seat = async (name: string): Promise<Seat> =>
    new Seat(await world.agent(name), { world, log, rows: new StoredRows() });
  const all = [await seat('anna'), await seat('bert'), await seat('carl')] as const;
  const [anna, bert, carl] = all;
  const add = await Promise.all([bert, carl].map((joiner) => joiner.keyPackage()));
  await anna.create({ kind: 'group', name: 'Family', admins: ['anna'], createdAt: log.at, ...descriptor }, add);
  await bert.join();
  await carl.join();
  await anna.catchUp();
  return { log, anna, bert, carl, all, seat };
}

/** Lets everybody read to the end, and returns what the last entry was for each, with its code if it was skipped. */
export async function lastOf(...seats: readonly Seat[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const seat of seats) {
    const last = (await seat.catchUp()).at(-1);
    found.push(last === undefined ? 'nothing' : 'code' in last ? `${last.type} ${last.code}` : last.type);
  }
  return found;
}
