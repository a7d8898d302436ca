import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Chance } from '../mls/testing/chance.ts';
import { FaultProxy } from '../server/testing/fault-proxy.ts';
import { startTestServer, type TestServer } from '../server/testing/server.ts';
import { Agent, type Json } from './node.ts';
import { material } from './testing/two-agents.ts';

const count = inject('exhaustive') ? 500 : 12;
// The proxy cuts a line after so many requests: more at once than these, and nearly every line would be one that was just cut.
const atOnce = 6;
const megabyte = 1024 * 1024;
/** What a stream that does not come whole may be reported as. */
const reported = [
  ...['peer_unreachable', 'stream_gone', 'stream_failed', 'answer_timeout', 'timed_out', 'rate_limited'],
  // The request itself came in half.
  ...['malformed_message', 'signature_invalid'],
];
const host = 'host_agent_001';
/** Every stream is a part of this. */
const all = material(5 * megabyte + 1_000);

let folder: string;
let proxy: FaultProxy;
let server: TestServer;
let guest: Agent;
let hosting: Agent;
/** What the host has of each body that came whole. */
const taken = new Map<number, boolean>();

const partOf = (parameters: Json) => {
  const { from, size } = Object(parameters);
  return all.subarray(Number(from), Number(from) + Number(size));
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-faulty-'));
  proxy = await FaultProxy.start();
  proxy.delayMs = 1_000;
  server = await startTestServer(['--url', proxy.url]);
  proxy.target = `http://localhost:${server.port}`;
  const methods = {
    give: (parameters: Json) => new Blob([partOf(parameters)]).stream(),
    take: async (parameters: Json, { body }: { body?: { bytes(): Promise<Uint8Array> } }) => {
      const bytes = await body?.bytes();
      const isSame = bytes !== undefined && Buffer.compare(bytes, partOf(parameters)) === 0;
      taken.set(Number(Object(parameters).number), isSame);
      return isSame;
    },
  };
  hosting = await Agent.open({ id: host, server: proxy.url, folder: join(folder, 'host'), methods });
  guest = await Agent.open({ id: 'guest_agent_001', server: proxy.url, folder: join(folder, 'guest') });
});
afterAll(async () => {
  await Promise.all([guest?.close(), hosting?.close()]);
  await server?.end();
  proxy?.end();
  await rm(folder, { recursive: true });
});

/** Moves one stream; `whole`, the code that it was reported with, or `wrong`. */
async function moved(number: number, from: number, size: number): Promise<string> {
  const parameters = { number, from, size };
  try {
    if (number % 2 === 0) {
      const bytes = await (await guest.stream(host, 'give', parameters)).bytes();
      return Buffer.compare(bytes, partOf(parameters)) === 0 ? 'whole' : 'wrong';
    }
    const body = new Blob([partOf(parameters)]).stream();
    return (await guest.send(host, 'take', parameters, { body })) === true ? 'whole' : 'wrong';
  } catch (cause) {
    return String(Reflect.get(Object(cause), 'code') ?? cause);
  }
}

test(
  `${count} streams of 1 to 5 MiB through a wire that drops, doubles, delays, truncates and cuts: each is whole or reported`,
  async () => {
    const chance = new Chance(17);
    proxy.isHarmful = true;
    const started = performance.now();
    const outcomes: string[] = [];
    let bytes = 0;
    let next = 0;
    const work = async () => {
      while (next < count) {
        const number = next++;
        const size = megabyte + chance.below(4 * megabyte);
        bytes += size;
        outcomes.push(await moved(number, chance.below(all.length - size), size));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    proxy.isHarmful = false;
    const counts = Object.fromEntries(
      [...new Set(outcomes)].map((code) => [code, outcomes.filter((one) => one === code).length]),
    );
    const seconds = Math.round((performance.now() - started) / 1_000);
    process.stdout.write(
      `${count} streams, ${Math.round(bytes / megabyte)} MiB in ${seconds} s: ${JSON.stringify(counts)}; faults: ${JSON.stringify(Object.fromEntries(proxy.counts))}\n`,
    );
    expect(outcomes.filter((one) => one !== 'whole' && !reported.includes(one))).toEqual([]);
    expect([...taken.values()].every((isSame) => isSame)).toBe(true);
    // Nothing is lost for good by a wire like this: what is reported is the exception.
    expect(counts.whole ?? 0).toBeGreaterThan(count / 2);
    // And both go on as before.
    expect(await moved(count, 0, megabyte)).toBe('whole');
    expect(await moved(count + 1, 0, megabyte)).toBe('whole');
  },
  inject('exhaustive') ? 1_800_000 : 300_000,
);
