import { createGroupKeyPackage } from '../../src/group/credential/key-package.ts';
import { Seat } from '../../src/group/member/testing/seat.ts';
import { StoredRows } from '../../src/group/member/testing/stored-rows.ts';
import { TestLog } from '../../src/group/member/testing/test-log.ts';
import { type GroupAgent, GroupWorld, now, random } from '../../src/group/testing/group-world.ts';
import { toHex } from '../../src/protocol/bytes.ts';
import { agentsOf } from './crowd.ts';

/** Two members of one group, each over its own rows, and what the second took to join. */
export interface Seats {
  readonly creator: Seat;
  readonly joiner: Seat;
  /** Milliseconds, with every check of the groups page, the certificates of all members at hand. */
  readonly joinChecked: number;
}

/** Makes a group of so many members. */
export async function groupOf(members: number): Promise<Seats> {
  const world = await GroupWorld.create();
  return seatsOf(world, await agentsOf(world, members));
}

/** Has the first agent make a group of all and the last one join it. */
export async function seatsOf(world: GroupWorld, agents: readonly GroupAgent[]): Promise<Seats> {
  const [first, ...others] = agents;
  const last = others.pop();
  if (first === undefined || last === undefined) throw new RangeError('A group has two members.');
  const log = await TestLog.create(toHex(random(16)), now + 1_000);
  const seat = (agent: GroupAgent) => new Seat(agent, { world, log, rows: new StoredRows() });
  const [creator, joiner] = [seat(first), seat(last)];
  const add = [];
  for (const agent of others) add.push((await createGroupKeyPackage(agent.claims(), agent.sign, random)).keyPackage);
  add.push(await joiner.keyPackage());
  const admins = [first.agentId];
  await creator.create({ kind: 'group', name: 'Family', admins, createdAt: log.at }, add);
  const started = performance.now();
  await joiner.join();
  const joinChecked = performance.now() - started;
  await creator.catchUp();
  return { creator, joiner, joinChecked };
}
