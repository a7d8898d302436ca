import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { testEnvironment } from '../properties/testing/fixture.ts';
import { unobserved } from '../trace/events.ts';
import { StepRecorder } from '../trace/step-recorder.ts';
import { completeKeyExchange } from './key-exchange.ts';

test('a secret of another realm is wiped like any other when a part of the exchange fails', async () => {
  const steps = new StepRecorder(await testEnvironment(), unobserved, 'CLIENT_HELLO');
  const own = new Uint8Array(32).fill(7);
  const foreign: unknown = runInNewContext('new Uint8Array(32).fill(7)');
  const failed = Promise.reject(new TypeError('no key'));
  const exchange = completeKeyExchange(steps, Promise.resolve(own), Promise.resolve(foreign), failed);
  await expect(exchange).rejects.toMatchObject({ code: 'key_exchange_failed' });
  expect(own).toEqual(new Uint8Array(32));
  expect(Array.from({ length: 32 }, (_, i) => Reflect.get(Object(foreign), i))).toEqual(Array(32).fill(0));
});
