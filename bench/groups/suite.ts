import { type GroupAgent, GroupWorld } from '../../src/group/testing/group-world.ts';
import { workOfParley } from '../mls/parley.ts';
import { type MlsRow, rowsOf } from '../mls/suite.ts';
import { agentsOf, certifiedCrowd } from './crowd.ts';
import { seatsOf } from './seats.ts';

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
  /** Of one more group in memory. */
  readonly memory?: number;
}

/** Members of the measured groups. */
const sizes = [2, 8, 32, 128, 256];
/** IV and tag of a row. */
const sealing = 28;

/** Measures groups of these sizes. */
export async function benchGroups(runtime: string, upTo: number): Promise<readonly GroupRow[]> {
  const rows: GroupRow[] = [];
  for (const members of sizes) if (members <= upTo) rows.push(await measure(runtime, members));
  return rows;
}

async function measure(runtime: string, members: number): Promise<GroupRow> {
  const world = await GroupWorld.create();
  const agents = await agentsOf(world, members);
  const made = await workOfParley(members, (suite) => certifiedCrowd(suite, agents));
  const operations = await rowsOf(runtime, members, made);
  return { runtime, members, operations, sent: made.bytes, ...(await atRest(world, agents)) };
}

/** Has a member read what another says, and looks at what it has in storage. */
async function atRest(world: GroupWorld, agents: readonly GroupAgent[]) {
  const { creator, joiner, joinChecked } = await seatsOf(world, agents);
  // The first message of a leaf in an epoch replaces the stored secret tree; each later one adds its ratchets.
  for (let count = 0; count < 3; count++) await creator.say('Hello Helper!');
  await joiner.catchUp();
  const { rows, written } = joiner.rows;
  const size = ([part, bytes]: readonly [string, number]) => part.length + bytes + sealing;
  return {
    joinChecked,
    storedPerMessage: sum([...written].map(size)),
    storedMember: sum([...rows].map(([part, bytes]) => size([part, bytes.length]))),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
