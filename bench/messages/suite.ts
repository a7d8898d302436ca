import { platformEnvironment } from '../../src/platform/platform.ts';
import type { Bytes } from '../../src/protocol/bytes.ts';
import { contextFor, makeAgent } from '../agents.ts';
import { type Effort, measure, type Row } from '../measure.ts';
import { Exchange, type Load } from './exchange.ts';
import { messageFloor } from './floor.ts';
import { handshake, type Line } from './line.ts';

const loads: readonly (Load & { readonly name: string })[] = [
  { name: '256 B, JSON', size: 256, as: 'text', form: 'json' },
  { name: '256 B, binary', size: 256, as: 'text', form: 'binary' },
  { name: '64 KiB, JSON', size: 65_536, as: 'text', form: 'json' },
  { name: '64 KiB, binary', size: 65_536, as: 'text', form: 'binary' },
  { name: '64 KiB beside JSON, binary', size: 65_536, as: 'bytes', form: 'binary' },
];

/** Measures requests and their answers in this runtime, both sides in memory, over the raw operations that they cannot do without. */
export async function runMessages(
  runtime: string,
  effort: Effort = { rounds: 120, roundMs: 12 },
): Promise<readonly Row[]> {
  const line = await makeLine();
  const established = await handshake(line);
  const rows: Row[] = [];
  for (const load of loads) {
    const exchange = new Exchange(line, established, load);
    const floor = (await Promise.all((await exchange.lengths()).map(messageFloor))).flat();
    rows.push(
      await measure(
        { name: load.name, work: () => exchange.roundTrip(), floor, prepare: exchange.renew },
        runtime,
        effort,
      ),
    );
  }
  return rows;
}

async function makeLine(): Promise<Line> {
  const client = await makeAgent('traveller_001', random);
  const server = await makeAgent('helper_agent_001', random);
  const environment = await platformEnvironment();
  return {
    client: { agent: client, context: contextFor(environment, server) },
    server: { agent: server, context: contextFor(environment, client) },
  };
}

function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}
