import { beforeAll, expect, test } from 'vitest';
import type { Environment } from '../crypto/environment.ts';
import type { Established } from '../handshake/established.ts';
import { makeAgent, runHandshake, testEnvironment } from './testing/fixture.ts';
import { Pair } from './testing/pair.ts';

let platform: Environment;
let ends: { readonly client: Established; readonly server: Established };
beforeAll(async () => {
  platform = await testEnvironment();
  ends = await runHandshake(platform, await makeAgent('traveller_001'), await makeAgent('helper_agent_001'));
});

test('a key update that is started twice sends the same message until it is answered', async () => {
  const pair = new Pair(platform, ends);
  const start = (id: string) => pair.client.startKeyUpdate(pair.context, () => id);
  const [first, second] = [start('one'), start('two')];
  if (first.kind !== 'send' || second.kind !== 'send') throw new TypeError('Nothing is to be sent.');
  expect(await second.message).toEqual(await first.message);
  expect(pair.client.failKeyUpdate(first.epoch)).toBe('repeat');
  expect(pair.client.hasUnansweredUpdate).toBe(true);
});

test('a key update whose shares could not be made is made anew by the next try', async () => {
  const pair = new Pair(platform, ends);
  const { environment } = pair.context;
  const kem = { ...environment.kem, generate: () => Promise.reject(new Error('no randomness')) };
  const start = (id: string, given: typeof pair.context) => {
    const step = pair.client.startKeyUpdate(given, () => id);
    if (step.kind !== 'send') throw new TypeError('Nothing is to be sent.');
    return step.message;
  };
  await expect(start('one', { ...pair.context, environment: { ...environment, kem } })).rejects.toThrow(
    'no randomness',
  );
  expect(pair.client.hasUnansweredUpdate).toBe(false);
  expect(await start('two', pair.context)).toMatchObject({ request_id: 'two' });
});
