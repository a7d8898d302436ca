import { expect, test } from 'vitest';
import { problemResponse } from '../../http/problem-response.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { during } from '../testing/passing.ts';
import { TestWorld } from '../testing/world.ts';

const peerId = 'helper_agent_001';
/** Requests to the Controller after which a test gives up: the tries go on without end. */
const mostAsked = 200;

test('a request over a session that the peer has lost ends, also while this agent’s server stays away', async () => {
  const world = await TestWorld.create();
  await world.open(peerId, 'https://localhost:5001');
  const line = { isInterrupted: false };
  const agent = world.unhosted('traveller_agent_001', 'https://relay.test/agents/traveller_agent_001', {
    ownConnection: {
      get isInterrupted() {
        return line.isInterrupted;
      },
      settled: (ms) => new Promise((resolve) => world.clock.after(ms, resolve)),
      forwards: (address) => address.startsWith('https://relay.test/'),
    },
  });
  await agent.start();
  expect(await agent.send({ peerId, method: 'echo', parameters: 1 })).toMatchObject({ result: 1 });
  let asked = 0;
  const isOver = Promise.withResolvers<never>();
  line.isInterrupted = true;
  world.tamper = async (request, next) => {
    if (request.url.endsWith('/agent/message')) {
      return problemResponse(new ParleyError('unknown_session', 'This session is unknown.'));
    }
    if (request.url.endsWith('/agent/handshake')) {
      return problemResponse(new ParleyError('resumption_unknown', 'There is nothing to resume.'));
    }
    if (!request.url.startsWith('https://controller.test')) return next(request);
    asked += 1;
    if (asked > mostAsked) isOver.reject(new RangeError('The Controller is asked without end.'));
    await new Promise((resolve) => setImmediate(resolve));
    throw new ParleyError('peer_unreachable', 'There is no network.');
  };
  const sending = agent.send({ peerId, method: 'echo', parameters: 2 });
  await expect(Promise.race([during(world.clock, sending), isOver.promise])).rejects.toMatchObject({
    code: 'controller_unreachable',
  });
  await agent.stop();
});
