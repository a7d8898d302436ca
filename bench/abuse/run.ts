import { setPriority } from 'node:os';
import { parseArgs } from 'node:util';
import { type Attack, attackerAddress } from './attack.ts';
import { controllerAttacks } from './attacks/controller.ts';
import { manyNames } from './attacks/many-names.ts';
import { peerAttacks } from './attacks/peer.ts';
import { relayAttacks } from './attacks/relay.ts';
import { socketAttacks } from './attacks/sockets.ts';
import { trafficAttacks } from './attacks/traffic.ts';
import { HonestProcess, ServerProcess } from './programs.ts';
import { compare, type Line } from './report.ts';

/**
 * `npm run abuse`: every attack against a fresh server and fresh honest agents, over loopback, and what the honest side saw meanwhile
 * beside what it saw before. `--only NAME` runs the attacks whose name begins so; exit code 1 when a line does not hold.
 */
const { values } = parseArgs({ options: { only: { type: 'string' } } });
const calmMs = 4_000;
const attackedMs = 8_000;

// An attacker has a machine of its own: here it gets what the others leave.
setPriority(10);
const plainFetch = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const request = new Request(input, init);
  for (const [name, value] of Object.entries(attackerAddress)) request.headers.set(name, value);
  return plainFetch(request);
};

const attacks = [...peerAttacks, ...relayAttacks, ...trafficAttacks, ...socketAttacks, ...controllerAttacks, manyNames];
const lines: Line[] = [];
for (const attack of attacks) {
  if (values.only !== undefined && !attack.name.startsWith(values.only)) continue;
  lines.push(...(await run(attack)));
}
const broken = lines.filter(({ holds }) => !holds);
console.log(
  broken.length === 0
    ? `All ${lines.length} lines hold: every honest deed succeeded, in at most 3 times the time.`
    : `${broken.length} of ${lines.length} lines do not hold.`,
);
process.exit(broken.length === 0 ? 0 : 1);

async function run(attack: Attack): Promise<readonly Line[]> {
  console.log(`${attack.name}: the attacker ${attack.does}`);
  const server = await ServerProcess.start(attack.fill ?? (async () => undefined));
  try {
    const honest = await HonestProcess.start(server.url);
    try {
      const begin = await attack.prepare(server.url);
      const calm = await honest.watch(calmMs);
      const ending = new AbortController();
      const attacking = begin(ending.signal);
      const attacked = await honest.watch(attackedMs);
      ending.abort();
      console.log(`  it got: ${await attacking}`);
      for (const failure of new Set(attacked.failures)) console.log(`  honest failure: ${failure}`);
      const compared = compare(attack.name, calm, attacked);
      for (const line of compared) console.log(lineWords(line));
      return compared;
    } finally {
      await honest.end();
    }
  } finally {
    await server.end();
  }
}

function lineWords({ deed, calmMs, attackedMs, ratio, count, failed, holds }: Line): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`.padStart(10);
  return `  ${holds ? '✓' : '✗'} ${deed.padEnd(13)}${ms(calmMs)} →${ms(attackedMs)} ${ratio.toFixed(2).padStart(6)} ×   ${count} succeeded, ${failed} failed`;
}
