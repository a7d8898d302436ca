import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exitCodes } from './exit-codes.ts';
import { Patience } from './patience.ts';
import { runParley } from './testing/run.ts';

let silent: Server;
let folder: string;
beforeAll(async () => {
  // Takes connections and never answers.
  silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(join(tmpdir(), 'parley-patience-'));
});
afterAll(async () => {
  silent.close();
  await rm(folder, { recursive: true });
});

test('parley send gives up in time also where the server does not answer', async () => {
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const { code, out } = await runParley(
    ...['send', 'helper', 'Hello', '--timeout', '1', '--id', 'patience_agent', '--data', folder],
    ...['--controller', `http://127.0.0.1:${port}`],
  );
  expect(JSON.parse(out)).toMatchObject({ status: 'failed', error: { code: 'timed_out' } });
  expect(code).toBe(exitCodes.unreachable);
});

test('without a limit there is no end', async () => {
  const patience = new Patience(undefined);
  expect([patience.signal, patience.rest(), await patience.race(Promise.resolve(7))]).toEqual([
    undefined,
    undefined,
    7,
  ]);
});
