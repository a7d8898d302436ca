import { expect, test } from 'vitest';
import { problemResponse } from '../../http/problem-response.ts';
import { type ErrorCode, ParleyError } from '../../protocol/errors.ts';
import type { FeedListener } from '../contracts/ports.ts';
import { passing } from '../testing/passing.ts';
import { TestWorld } from '../testing/world.ts';

const peerId = 'helper_agent_001';

test.each<[ErrorCode, 'limit' | 'peer', number]>([
  ['rate_limited', 'limit', 0],
  ['unavailable', 'peer', 1],
])(
  'a change of the directory has peers looked for whose requests wait for them: after %s it waits for the %s',
  async (code, waitsFor, looks) => {
    const world = await TestWorld.create();
    await world.open(peerId, 'https://localhost:5001');
    let listener: FeedListener | undefined;
    const agent = world.unhosted('traveller_agent_001', 'https://localhost:5000', {
      events: {
        follow: (given) => {
          listener = given;
          return () => undefined;
        },
      },
    });
    await agent.start();
    await agent.connect(peerId);
    let asked = 0;
    world.tamper = async (request, next) => {
      if (request.url.endsWith(`/controller/agents/${peerId}`)) asked += 1;
      if (!request.url.endsWith('/agent/message')) return next(request);
      return problemResponse(new ParleyError(code, 'Not now.', { retryAfter: 15 }));
    };
    const sending = agent.send({ peerId, method: 'echo', parameters: null }).catch(() => undefined);
    const waiting = () => agent.snapshot().exchanges.find((exchange) => exchange.waiting?.for === waitsFor);
    await passing(world.clock, waiting);
    // What it looked for while the try was out is used again for a second.
    world.clock.advance(2_000);
    const before = asked;
    listener?.heard('agent_online');
    for (let turn = 0; turn < 50; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    expect(waiting()).toBeDefined();
    expect(asked - before).toBe(looks);
    await agent.stop();
    await sending;
  },
);
