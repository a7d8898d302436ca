import { createGroupKeyPackage } from '../../src/group/credential/key-package.ts';
import { Seat } from '../../src/group/member/testing/seat.ts';
import { StoredRows } from '../../src/group/member/testing/stored-rows.ts';
import { TestLog } from '../../src/group/member/testing/test-log.ts';
import { type GroupAgent, GroupWorld, now, random } from '../../src/group/testing/group-world.ts';
import { toHex } from '../../src/protocol/bytes.ts';
import { workOfParley } from '../mls/parley.ts';
import { type MlsRow, rowsOf } from '../mls/suite.ts';
import { agentsOf, certifiedCrowd } from './crowd.ts';

/** What a group of one size costs. Times in milliseconds, all else in bytes. */
export interface GroupRow {
  readonly runtime: string;
  readonly members: number;
  /** Of MLS, beside its raw operations and ts-mls. */
  readonly operations: readonly MlsRow[];
  /** Of the messages that a member sends. */
  readonly sent: Readonly<Record<'add' | 'welcome' | 'updateFresh' | 'updateUsed' | 'message', number>>;
  /** Joining with every check of the groups page, the certificates of all members at hand. */
  readonly joinChecked: number;
  /** What one message that was received adds to storage, each row with its IV, tag and name. */
  readonly storedPerMessage: number;
  /** What a member is at rest in all. */
  readonly storedMember: number;
  /** Of one member in memory; only where the heap can be measured. */
  readonly memory?: number | undefined;
}

/** Members of the measured groups. */
const sizes = [2, 8, 32, 128, 256];
/** IV and tag of a row. */
const sealing = 28;
/** Members that are loaded to see what one takes. */
const loaded = 200;

/** Measures groups of these sizes. `heap` gives the bytes that are in use, collected. */
export async function benchGroups(
  runtime: string,
  upTo: number = Number.POSITIVE_INFINITY,
  heap?: () => number,
): Promise<readonly GroupRow[]> {
  const rows: GroupRow[] = [];
  for (const members of sizes) if (members <= upTo) rows.push(await measure(runtime, members, heap));
  return rows;
}

async function measure(runtime: string, members: number, heap: (() => number) | undefined): Promise<GroupRow> {
  const world = await GroupWorld.create();
  const agents = await agentsOf(world, members);
  const made = await workOfParley(members, (suite) => certifiedCrowd(suite, agents));
  const operations = await rowsOf(runtime, members, made);
  return { runtime, members, operations, sent: made.bytes, ...(await atRest(world, agents, heap)) };
}

/** Has the first agent add all others, the last one join with every check, and read what is said. */
async function atRest(world: GroupWorld, agents: readonly GroupAgent[], heap: (() => number) | undefined) {
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
  // The first message of a leaf in an epoch replaces the stored secret tree; each later one adds its ratchets.
  for (let count = 0; count < 3; count++) await creator.say('Hello Helper!');
  await joiner.catchUp();
  const { rows, written } = joiner.rows;
  const size = ([part, bytes]: readonly [string, number]) => part.length + bytes + sealing;
  return {
    joinChecked,
    storedPerMessage: sum([...written].map(size)),
    storedMember: sum([...rows].map(([part, bytes]) => size([part, bytes.length]))),
    memory: heap === undefined ? undefined : await memoryOf(joiner, heap),
  };
}

async function memoryOf(seat: Seat, heap: () => number): Promise<number> {
  const before = heap();
  const kept: unknown[] = [];
  for (let count = 0; count < loaded; count++) {
    await seat.restart();
    kept.push(seat.member);
  }
  return (heap() - before) / kept.length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
