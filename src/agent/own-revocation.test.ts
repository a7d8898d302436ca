import { expect, test } from 'vitest';
import { createMemoryAgentStore } from '../storage/memory/agent-store.ts';
import type { AgentStore } from './contracts/ports.ts';
import { MethodRegistry } from './messages/methods.ts';
import { gate } from './testing/gate.ts';
import { addresses, living, names, Pair } from './testing/pair.ts';
import { until } from './testing/until.ts';
import { TestWorld } from './testing/world.ts';

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

/** Lets what has been settled be heard of. */
async function settle() {
  for (let turn = 0; turn < 50; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A store that waits with its writing of recordings once `begin` was called; `reached` opens with the first that waits. */
function slowRecordings(store: AgentStore) {
  const [reached, written] = [gate(), gate()];
  let isSlow = false;
  return {
    reached,
    written,
    begin: () => {
      isSlow = true;
    },
    store: {
      ...store,
      saveRecordings: async (...given: Parameters<AgentStore['saveRecordings']>) => {
        if (isSlow) {
          reached.open();
          await written.opened;
        }
        return store.saveRecordings(...given);
      },
    },
  };
}

test('whoever stops or starts an agent that was revoked waits until what it had kept is written', async () => {
  const { store, begin, reached, written } = slowRecordings(createMemoryAgentStore());
  const pair = await Pair.connected(() => store);
  const traveller = pair.agent('traveller');
  begin();
  await pair.world.revoke(names.traveller);
  await pair.passing(() => (traveller.snapshot().phase.phase === 'failed' ? true : undefined));
  await reached.opened;
  const over: string[] = [];
  const starting = traveller.start().then(() => over.push('start'));
  const stopping = traveller.stop().then(() => over.push('stop'));
  await settle();
  expect(over).toEqual([]);
  written.open();
  await Promise.all([starting, stopping]);
  expect(traveller.snapshot().phase.phase).not.toBe('ready');
});

test('an agent that is revoked just before it is ready does not come up', async () => {
  const world = await TestWorld.create();
  const memory = createMemoryAgentStore();
  const [reached, saved] = [gate(), gate()];
  const store: AgentStore = {
    ...memory,
    saveIdentity: async (identity) => {
      if (identity.usedAt !== undefined) {
        reached.open();
        await saved.opened;
      }
      return memory.saveIdentity(identity);
    },
  };
  const opening = world.open(names.traveller, addresses.traveller, { store });
  await reached.opened;
  const agent = world.agents.get(addresses.traveller);
  await world.revoke(names.traveller);
  world.clock.advance(31_000);
  await until(() => (agent?.snapshot().phase.phase === 'failed' ? true : undefined));
  saved.open();
  const { events } = await opening;
  expect(agent?.snapshot().phase).toMatchObject({ phase: 'failed', failure: { code: 'certificate_revoked' } });
  expect(events.filter((event) => event.type === 'phase' && event.phase.phase === 'ready')).toEqual([]);
  expect(world.clock.waiting).toBe(0);
});
