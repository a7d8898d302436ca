import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import { limits } from '../../protocol/limits.ts';
import { TestClock } from '../testing/clock.ts';
import { BufferQuota } from './buffer-quota.ts';
import type { ByteSource } from './byte-source.ts';
import { ServedStream } from './served-stream.ts';

const { subtle } = crypto;

/** A source that always has its next sixteen bytes ready. */
class EndlessSource implements ByteSource {
  given = 0;

  async next(): Promise<Bytes> {
    this.given += 16;
    return new Uint8Array(16);
  }

  async cancel(): Promise<void> {}
}

test('a source that never ends gives no more than its reader asks for next, and lets others work meanwhile', async () => {
  const source = new EndlessSource();
  const clock = new TestClock(1_790_000_000_000);
  const stream = new ServedStream(source, { subtle, scheduler: clock, share: new BufferQuota().share('peer') });
  let turns = 0;
  for (; source.given < limits.streamBuffer; turns++) await setImmediate();
  expect(turns).toBeGreaterThan(8);
  for (let more = 0; more < 100; more++) await setImmediate();
  expect(source.given).toBe(limits.streamBuffer);
  const { bytes } = await stream.read({ from: 0, most: 1_000_000, release: 0, wait: 0 });
  expect(bytes.length).toBe(limits.streamBuffer);
  const wanted = 1_000_000 + limits.streamBuffer;
  while (source.given < wanted) await setImmediate();
  for (let more = 0; more < 100; more++) await setImmediate();
  expect(source.given).toBeLessThan(wanted + 16);
});
