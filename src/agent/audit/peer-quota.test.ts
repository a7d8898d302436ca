import { describe, expect, test } from 'vitest';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import { TestWorld } from '../testing/world.ts';
import { PeerQuota } from './peer-quota.ts';
import { openExport } from './testing/alter.ts';
import { verifyExport } from './verify/verify-export.ts';

const hour = 3_600_000;

describe('the quota of a peer', () => {
  test('is its own, lasts an hour, and counts what is over it', () => {
    const quota = new PeerQuota(100);
    expect(quota.takes('a', 60, 0)).toBe(true);
    expect(quota.takes('a', 60, 1)).toBe(false);
    expect(quota.takes('a', 60, 2)).toBe(false);
    expect(quota.takes('b', 60, 2)).toBe(true);
    expect(quota.hasOmitted).toBe(true);
    expect(quota.close(hour - 1)).toEqual([]);
    expect(quota.close(hour)).toEqual([{ peerId: 'a', count: 2, since: 0 }]);
    expect(quota.takes('a', 60, hour)).toBe(true);
  });

  test('is begun anew by a clock that was set back', () => {
    const quota = new PeerQuota(100);
    expect(quota.takes('a', 100, hour)).toBe(true);
    expect(quota.close(0)).toEqual([]);
    expect(quota.takes('a', 100, 0)).toBe(true);
  });
});

test('a peer that asks without end adds one counted entry past its quota, and the trail still holds as a whole', async () => {
  const world = await TestWorld.create();
  const store = createMemoryAgentStore();
  const quota = { auditLimits: { quotaPerHour: 60_000 } };
  const { agent: helper } = await world.open('helper_agent_001', 'https://localhost:5001', { store, ...quota });
  const { agent: mallory } = await world.open('mallory_agent_001', 'https://localhost:5002');
  const { agent: alice } = await world.open('alice_agent_001', 'https://localhost:5003');
  const ask = (of: typeof mallory) => of.send({ peerId: 'helper_agent_001', method: 'echo', parameters: null });
  for (let asked = 0; asked < 40; asked++) await ask(mallory);
  const [session] = mallory.snapshot().sessions;
  await mallory.disconnect(session?.sessionId ?? '');
  // This one begins over the quota: nothing of it is in the trail, so nothing in the trail is unproven.
  await ask(mallory);
  await ask(alice);
  world.clock.advance(hour);
  await ask(mallory);
  const text = await helper.audit.export([]);
  const of = (peerId: string) => openExport(text).entries.filter(({ entry }) => entry.peer_id === peerId);
  const counted = of('mallory_agent_001').filter(({ entry }) => entry.kind === 'entries_omitted');
  expect(counted).toMatchObject([{ entry: { reason: 'peer_quota' } }]);
  expect(JSON.stringify(of('mallory_agent_001')).length).toBeLessThan(150_000);
  expect(of('alice_agent_001').filter(({ entry }) => entry.kind === 'message')).toHaveLength(2);
  expect(await verifyExport(crypto.subtle, new TextEncoder().encode(text))).toMatchObject({ holds: true });
});
