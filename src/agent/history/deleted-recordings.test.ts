import { expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { Agent } from '../agent.ts';
import type { AgentStore } from '../contracts/ports.ts';
import { gate } from '../testing/gate.ts';
import { TestWorld } from '../testing/world.ts';

const helper = 'helper_agent_001';
/** More than the pause between two writings. */
const pauseMs = 2_000;

/** An agent that has talked to another one, and the store of its recordings, whose writings a test can delay and refuse. */
async function stage() {
  const world = await TestWorld.create();
  const memory = createMemoryAgentStore();
  let before = async (_saved: number): Promise<void> => undefined;
  const store: AgentStore = {
    ...memory,
    saveRecordings: async (saved, drop) => {
      await before(saved.length);
      return memory.saveRecordings(saved, drop);
    },
  };
  await world.open(helper, 'https://localhost:5001');
  const { agent } = await world.open('traveller_agent_001', 'https://localhost:5000', { store });
  await agent.send({ peerId: helper, method: 'echo', parameters: null });
  const written = async () => {
    world.clock.advance(pauseMs);
    await agent.historyService.recordings.settled();
    return (await memory.loadRecordings()).length;
  };
  return {
    agent,
    written,
    settled: () => agent.historyService.recordings.settled(),
    goOn: () => agent.updateKeys(sessionOf(agent)),
    /** Has every writing wait for `wait` first, which is told how many recordings are saved. */
    delay: (wait: (saved: number) => Promise<void>) => {
      before = wait;
    },
  };
}

function sessionOf(agent: Agent): string {
  const session = agent.snapshot().sessions.find(({ status }) => status === 'ESTABLISHED');
  if (session === undefined) throw new TypeError('There is no session.');
  return session.sessionId;
}

/** Holds what is written from now on: `reached` once it is, until `writing` is opened. */
function heldWriting(delay: Awaited<ReturnType<typeof stage>>['delay']) {
  const writing = gate();
  const reached = gate();
  delay(async (saved) => {
    if (saved === 0) return;
    reached.open();
    await writing.opened;
  });
  return { writing, reached };
}

const remove = (agent: Agent) => agent.historyService.deleteHistory(helper);

test('a recording that has changed, and waits to be written, is not stored after its deletion', async () => {
  const { agent, settled, written, goOn } = await stage();
  await settled();
  await goOn();
  await remove(agent);
  expect(await written()).toBe(0);
});

test('one that was never written is deleted with the conversation too', async () => {
  const { agent, settled, written } = await stage();
  await settled();
  await agent.disconnect(sessionOf(agent));
  await agent.send({ peerId: helper, method: 'echo', parameters: null });
  await remove(agent);
  expect(await written()).toBe(0);
});

test('one whose session goes on while it is deleted is not stored again', async () => {
  const { agent, written, settled, goOn, delay } = await stage();
  expect(await written()).toBe(1);
  await goOn();
  await settled();
  const deletion = gate();
  const reached = gate();
  delay(async (saved) => {
    if (saved > 0) return;
    reached.open();
    await deletion.opened;
  });
  const removed = remove(agent);
  await reached.opened;
  await goOn();
  deletion.open();
  await removed;
  expect(await written()).toBe(0);
});

test('one that is being written is deleted once it is', async () => {
  const { agent, written, goOn, delay, settled } = await stage();
  expect(await written()).toBe(1);
  const { writing, reached } = heldWriting(delay);
  await goOn();
  await reached.opened;
  const removed = remove(agent);
  writing.open();
  await removed;
  await settled();
  expect(await written()).toBe(0);
});

test('one that is being written for an ended session goes with Clear', async () => {
  const { agent, written, delay } = await stage();
  expect(await written()).toBe(1);
  const { writing, reached } = heldWriting(delay);
  await agent.disconnect(sessionOf(agent));
  await reached.opened;
  const cleared = agent.clear();
  writing.open();
  await cleared;
  expect(await written()).toBe(0);
});

test('one that could not be deleted stays, and is written when its session goes on', async () => {
  const { agent, written, goOn, delay } = await stage();
  expect(await written()).toBe(1);
  let isBroken = true;
  let saves = 0;
  delay(async (saved) => {
    if (saved > 0) saves += 1;
    else if (isBroken) throw new ParleyError('storage_failed', 'The disk is broken.');
  });
  await goOn();
  await expect(remove(agent)).rejects.toMatchObject({ code: 'storage_failed' });
  const before = saves;
  await goOn();
  expect(await written()).toBe(1);
  expect(saves).toBeGreaterThan(before);
  isBroken = false;
  await remove(agent);
  expect(await written()).toBe(0);
});
