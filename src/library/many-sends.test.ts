import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestServer, type TestServer } from '../server/testing/server.ts';
import { Agent } from './node.ts';

const patience = { timeout: 60_000, interval: 50 };
let folder: string;
let server: TestServer;
let host: Agent;
let guest: Agent;
/** Opens what `hold` waits for. */
let release: () => void = () => undefined;
const held = new Promise<void>((resolve) => {
  release = resolve;
});
let running = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-many-'));
  server = await startTestServer();
  const methods = {
    double: (parameters: unknown) => Number(parameters) * 2,
    never: () => held,
    hold: async () => {
      running += 1;
      await held;
      return 'held';
    },
  };
  host = await Agent.open({ id: 'host_agent_001', server: server.url, folder: join(folder, 'host'), methods });
  guest = await Agent.open({ id: 'guest_agent_001', server: server.url, folder: join(folder, 'guest') });
}, 120_000);
afterAll(async () => {
  release();
  await Promise.all([guest?.close(), host?.close()]);
  await server?.end();
  await rm(folder, { recursive: true });
});

test.each([100, 500])('%i sends at once through a relay are as many answers', async (count) => {
  const sends = Array.from({ length: count }, (_, n) => guest.send('host_agent_001', 'double', n));
  expect(await Promise.all(sends)).toEqual(Array.from({ length: count }, (_, n) => n * 2));
});

test('a send that is aborted gives its place at the relay to the next one', async () => {
  const stopping = new AbortController();
  const aborted = Array.from({ length: 60 }, () =>
    guest.send('host_agent_001', 'hold', null, { signal: stopping.signal }),
  );
  await expect.poll(() => running, patience).toBe(60);
  const next = guest.send('host_agent_001', 'double', 4);
  stopping.abort();
  for (const send of aborted) await expect(send).rejects.toMatchObject({ name: 'AbortError' });
  expect(await next).toBe(8);
});

test('a send past its timeout rejects with timed_out, and one of another id is cancelled', async () => {
  await expect(guest.send('host_agent_001', 'never', null, { timeout: 50 })).rejects.toMatchObject({
    code: 'timed_out',
  });
  const before = running;
  const sending = guest.send('host_agent_001', 'hold', null, { requestId: 'one' });
  await expect.poll(() => running, patience).toBe(before + 1);
  await guest.cancel('host_agent_001', 'one');
  await expect(sending).rejects.toMatchObject({ code: 'cancelled' });
  await expect(guest.cancel('host_agent_001', 'one')).rejects.toMatchObject({ code: 'invalid_input' });
});

test('an open that is aborted, or too late, rejects and leaves the agent free to be opened', async () => {
  const options = { id: 'third_agent_001', server: server.url, folder: join(folder, 'third') };
  await expect(Agent.open({ ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  const stopping = new AbortController();
  const opening = Agent.open({ ...options, signal: stopping.signal });
  stopping.abort(new RangeError('Changed my mind.'));
  await expect(opening).rejects.toThrow('Changed my mind.');
  // Its own name and folder: what was given up above may still have its own.
  const late = { id: 'late_agent_001', server: server.url, folder: join(folder, 'late') };
  await expect(Agent.open({ ...late, timeout: 1 })).rejects.toMatchObject({ code: 'timed_out' });
  await expect(Agent.open({ ...options, timeout: 0 })).rejects.toMatchObject({ code: 'invalid_input' });
  const tooLate = new AbortController();
  // What was given up lets its folder go as soon as it can.
  const third = await vi.waitFor(() => Agent.open({ ...options, signal: tooLate.signal, timeout: 60_000 }), patience);
  tooLate.abort();
  expect(await third.send('host_agent_001', 'double', 1)).toBe(2);
  await third.close();
});
