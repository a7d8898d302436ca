import { expect, test, vi } from 'vitest';
import { createCaCertificate } from '../pki/authority.ts';
import { CaEnd } from './ca-end.ts';

test('the end of the CA is logged once a day from half a year before', async () => {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const start = 1_790_000_000;
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const certificate = await createCaCertificate({ name: 'CA', keys, lifetime: 200 * 86_400, now: start, random });
  let now = start;
  const log = vi.fn();
  const end = new CaEnd(log, () => now);
  await end.learn(certificate);
  expect(end.secondsLeft).toBe(200 * 86_400);
  now = start + 20 * 86_400;
  end.look();
  expect(log).not.toHaveBeenCalled();
  now += 1;
  end.look();
  end.look();
  expect(log).toHaveBeenCalledTimes(1);
  expect(log.mock.lastCall?.slice(0, 2)).toEqual(['warn', 'ca_ends']);
  expect(log.mock.lastCall?.[2]).toMatchObject({ days_left: 179 });
  now += 86_400;
  end.look();
  expect(log).toHaveBeenCalledTimes(2);
});
