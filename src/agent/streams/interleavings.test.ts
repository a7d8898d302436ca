import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import { Chance } from '../../mls/testing/chance.ts';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { decodeBase64, encodeBase64 } from '../../protocol/wire/base64.ts';
import { isStreamId } from '../../protocol/wire/stream-payloads.ts';
import { TestClock } from '../testing/clock.ts';
import { AgentStreams } from './agent-streams.ts';
import { StreamReader } from './stream-reader.ts';
import { StreamWriter } from './stream-writer.ts';
import { LossyLink, whileTimePasses } from './testing/lossy-link.ts';
import { material, outcome, PiecedSource } from './testing/pieced-source.ts';
import { WaitTurns } from './wait-turns.ts';

const { subtle } = crypto;
const cancelled = new ParleyError('cancelled', 'The peer cancelled this request.');
const owner = { peerKey: 'peer', requestId: 'one' };
const nonce: Bytes = new Uint8Array(16);
const named = ['whole', 'cancelled', 'stream_gone', 'stream_failed'];

/** What a run of it is: when it is cancelled, if at all, in milliseconds, and when its source fails. */
const runs = fc.record({
  seed: fc.nat(1_000_000),
  size: fc.constantFrom(0, 1, 700, 262_144, 1_048_577, 2_500_000),
  isAnnounced: fc.boolean(),
  cancelAt: fc.option(fc.nat(600_000), { nil: undefined }),
  failsAt: fc.option(fc.nat(2_500_000), { nil: undefined }),
  lost: fc.nat(30),
  unanswered: fc.nat(30),
  doubled: fc.nat(60),
  late: fc.nat(60),
});
type Run = typeof runs extends fc.Arbitrary<infer One> ? One : never;

function stage({ seed, size, cancelAt, failsAt, ...weather }: Run) {
  const clock = new TestClock(1_790_000_000_000);
  const chance = new Chance(seed);
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const streams = new AgentStreams({ environment: { subtle, random }, scheduler: clock });
  const bytes = material(size, seed);
  const source = new PiecedSource(bytes, chance, clock, failsAt);
  if (cancelAt !== undefined) clock.after(cancelAt, () => void streams.end(owner, cancelled));
  return { clock, streams, bytes, source, link: new LossyLink(chance, clock, weather) };
}

async function read(run: Run): Promise<void> {
  const { clock, streams, bytes, source, link } = stage(run);
  const size = run.isAnnounced ? bytes.length : undefined;
  const { stream_id } = streams.serve(owner, { source, mediaType: 'text/plain', size });
  const deps = { subtle, scheduler: clock, turns: new WaitTurns(), origin: 'https://helper.example' };
  const reader = new StreamReader(
    { size },
    {
      ...deps,
      read: ({ from, most, release, wait }) =>
        link.ask(async () => {
          const asked = { message_type: 'STREAM_READ', request_id: 'r', stream_id, nonce } as const;
          const found = await streams.read('peer', { ...asked, from, max_bytes: most, release, wait });
          const { size: whole, hash } = found.result;
          const end = typeof whole === 'number' ? { size: whole, hash: decodeBase64(String(hash)) } : undefined;
          return { from: Number(found.result.from), bytes: found.bytes, end };
        }),
    },
  );
  const parts: Bytes[] = [];
  const all = async () => {
    for (let one = await reader.next(); one !== undefined; one = await reader.next()) parts.push(one.slice());
  };
  judge(await whileTimePasses(clock, outcome(all())), concat(...parts), bytes, run);
}

async function write(run: Run): Promise<void> {
  const { clock, streams, bytes, source, link } = stage(run);
  const size = run.isAnnounced ? bytes.length : undefined;
  const stream_id = 'ab'.repeat(16);
  if (!isStreamId(stream_id)) throw new TypeError('no id');
  const taken = streams.take(owner, { stream_id, media_type: 'text/plain', ...(size === undefined ? {} : { size }) });
  const writer = new StreamWriter(source, {
    ...{ subtle, scheduler: clock, size, signal: new AbortController().signal },
    write: ({ from, bytes: part, end }) =>
      link.ask(() => {
        const about = { message_type: 'STREAM_WRITE', request_id: 'w', stream_id, nonce } as const;
        const whole = { from, done: end !== undefined, ...end, attachment: { size: part.length } };
        return streams.write('peer', { ...about, ...whole }, part);
      }),
  });
  const parts: Bytes[] = [];
  const drained = async () => {
    const reader = taken.readable.getReader();
    for (let one = await reader.read(); !one.done; one = await reader.read()) parts.push(one.value.slice());
  };
  const [wrote, came] = await whileTimePasses(clock, Promise.all([outcome(writer.run()), outcome(drained())]));
  judge(came, concat(...parts), bytes, run);
  // Who wrote it hears that it is whole only when it is.
  if (wrote === 'whole') expect(came).toBe('whole');
}

/** What came is exactly the beginning of what was sent, and all of it when it is said to be whole. */
function judge(said: unknown, came: Bytes, sent: Bytes, run: Run): void {
  if (typeof said !== 'string' || !named.includes(said)) {
    expect(run.failsAt === undefined ? said : 'the application’s own words').toBe('a named end');
  }
  expect(encodeBase64(came)).toBe(encodeBase64(sent.subarray(0, came.length)));
  if (said === 'whole') expect(came.length).toBe(sent.length);
}

/** So many runs, in so many tests: each within the time of one. */
const [chunks, inChunk] = inject('exhaustive') ? [20, 250] : [1, 25];
const seeds = Array.from({ length: chunks }, (_, chunk) => chunk + 1);

test.each(seeds)('a stream that is read comes exactly or ends with a name, whatever happens (%i)', async (seed) => {
  await fc.assert(fc.asyncProperty(runs, read), { seed, numRuns: inChunk, endOnFailure: true });
});

test.each(seeds)('a stream that is written comes exactly or ends with a name, whatever happens (%i)', async (seed) => {
  await fc.assert(fc.asyncProperty(runs, write), { seed, numRuns: inChunk, endOnFailure: true });
});
