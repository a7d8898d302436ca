import { expect, test } from 'vitest';
import { MethodRegistry } from '../messages/methods.ts';
import { gate } from '../testing/gate.ts';
import { addresses, living, names } from '../testing/pair.ts';
import { TestWorld } from '../testing/world.ts';

const limits = { sessions: 16, halfOpen: 16, sessionsPerPeer: 3, halfOpenPerPeer: 2 };

/** Helper, who has the limits, a Traveller who asks for more than their share, and somebody else. */
async function opened() {
  const methods = new MethodRegistry();
  const running = gate();
  const answer = gate();
  methods.register('ping', () => null);
  methods.register('slow', async () => {
    running.open();
    await answer.opened;
    return 'slow';
  });
  const world = await TestWorld.create();
  const greedy = await world.open(names.traveller, addresses.traveller);
  const helper = await world.open(names.helper, addresses.helper, { limits, methods });
  const other = await world.open('other_agent_001', 'https://localhost:5002');
  const ping = (agent: typeof greedy.agent) => agent.send({ peerId: names.helper, method: 'ping', parameters: null });
  return {
    world,
    greedy: greedy.agent,
    helper: helper.agent,
    helperStore: helper.store,
    other: other.agent,
    running,
    answer,
    ping,
  };
}

const idsOf = (sessions: readonly { readonly sessionId: string }[]) => sessions.map(({ sessionId }) => sessionId);

test('past a peer’s share its least recently used session goes, and no other peer’s; what resumes it stays', async () => {
  const { greedy, helper, other, ping, helperStore } = await opened();
  await other.connect(names.helper);
  const made: string[] = [];
  for (let n = 0; n < limits.sessionsPerPeer; n++) made.push((await greedy.connect(names.helper)).sessionId);
  await greedy.connect(names.helper);
  const theirs = () => living(helper).filter(({ peerId }) => peerId === names.traveller);
  expect(theirs()).toHaveLength(limits.sessionsPerPeer);
  expect(idsOf(theirs())).not.toContain(made[0]);
  expect(living(helper).some(({ peerId }) => peerId === 'other_agent_001')).toBe(true);
  expect((await ping(other)).status).toBe('success');
  expect((await helperStore.loadResumptions()).some(({ peerId }) => peerId === names.traveller)).toBe(true);
});

test('a session with a request under way does not go; when each has one, the new one is refused', async () => {
  const { greedy, helper, running, answer, ping } = await opened();
  const asking: Promise<unknown>[] = [];
  for (let n = 0; n < limits.sessionsPerPeer; n++) {
    await greedy.connect(names.helper);
    asking.push(greedy.send({ peerId: names.helper, method: 'slow', parameters: null }));
    await running.opened;
  }
  const before = idsOf(living(helper));
  await expect(greedy.connect(names.helper)).rejects.toMatchObject({ code: 'session_limit_reached' });
  expect(idsOf(living(helper))).toEqual(before);
  answer.open();
  await Promise.all(asking);
  expect((await ping(greedy)).status).toBe('success');
});
