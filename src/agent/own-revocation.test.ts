import { expect, test } from 'vitest';
import { MethodRegistry } from './messages/methods.ts';
import { gate } from './testing/gate.ts';
import { living, names, Pair } from './testing/pair.ts';

test('an agent that the Controller revokes says so, ends its sessions and what waits, and refuses every call by that name', async () => {
  const methods = new MethodRegistry();
  methods.register('hold', () => gate().opened.then(() => null));
  const pair = await Pair.connected(undefined, { helper: { methods } });
  const traveller = pair.agent('traveller');
  const sending = traveller.send({ peerId: names.helper, method: 'hold', parameters: null });
  const refused = expect(sending).rejects.toMatchObject({ code: 'certificate_revoked' });
  await pair.passing(() => (pair.agent('helper').snapshot().exchanges.length > 1 ? true : undefined));
  await pair.world.revoke(names.traveller);
  await pair.passing(() => (traveller.snapshot().phase.phase === 'failed' ? true : undefined));
  expect(traveller.snapshot().phase).toMatchObject({ failure: { code: 'certificate_revoked' } });
  await refused;
  expect(living(traveller)).toEqual([]);
  expect(traveller.snapshot().sessions[0]).toMatchObject({
    status: 'CLOSED',
    failure: { code: 'certificate_revoked' },
  });
  expect(traveller.snapshot().exchanges.filter(({ waiting }) => waiting !== undefined)).toEqual([]);
  await expect(traveller.connect(names.helper)).rejects.toMatchObject({ code: 'certificate_revoked' });
  await pair.passing(() => (living(pair.agent('helper')).length === 0 ? true : undefined));
  expect(pair.agent('helper').snapshot().phase.phase).toBe('ready');
});

test('an agent that is forgotten is forgotten, not revoked', async () => {
  const pair = await Pair.connected();
  await pair.agent('traveller').forget();
  await pair.pass(61_000);
  expect(pair.agent('traveller').snapshot().phase.phase).toBe('forgotten');
});
