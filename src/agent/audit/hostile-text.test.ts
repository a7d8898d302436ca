import { beforeEach, describe, expect, test } from 'vitest';
import type { Agent } from '../agent.ts';
import type { TestWorld } from '../testing/world.ts';
import { converse, entriesOf } from './testing/conversation.ts';

/** Texts that a cut at any length parts between the halves of a pair, at the one parity or at the other. */
const torn = [...Array(2).keys()].map((before) => 'a'.repeat(before) + '😀'.repeat(1_000));

describe('an agent goes on, and so does its trail, after', () => {
  let world: TestWorld;
  let traveller: Agent;
  let helper: Agent;

  beforeEach(async () => {
    ({ world, traveller, helper } = await converse());
  });

  const post = (value: unknown) =>
    world.network.send(
      new Request('https://localhost:5001/agent/handshake', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(value),
      }),
    );

  async function expectWhole(): Promise<void> {
    const request = { peerId: 'helper_agent_001', method: 'echo', parameters: 1 };
    expect(await traveller.send(request)).toMatchObject({ status: 'success' });
    for (const agent of [traveller, helper]) {
      expect(await agent.audit.verify()).not.toHaveProperty('brokenAt');
      expect((await entriesOf(agent)).map(({ kind }) => kind)).not.toContain('entries_omitted');
    }
  }

  test.each(torn)('a hello whose sender has a name that is cut within a character', async (sender_id) => {
    const before = (await entriesOf(helper)).length;
    await post({ message_type: 'RESUME_HELLO', session_id: 'ab'.repeat(16), sender_id });
    expect((await entriesOf(helper)).slice(before).map(({ kind }) => kind)).toEqual(['refusal']);
    await expectWhole();
  });

  test.each(torn)('a hello with a member whose name is cut within a character', async (name) => {
    const carried = world.carried.find(({ request }) => request.includes('CLIENT_HELLO'))?.request ?? '{}';
    const hello: Record<string, unknown> = JSON.parse(carried);
    await post({ ...hello, session_id: 'cd'.repeat(16), [name]: 1 });
    await expectWhole();
  });

  test.each(torn)('a forged problem whose detail is cut within a character', async (detail) => {
    world.tamper = async (request, next) =>
      request.url.endsWith('/agent/handshake')
        ? Response.json({ code: 'rate_limited', detail }, { status: 429 })
        : next(request);
    await expect(traveller.connect('helper_agent_001')).rejects.toThrow();
    world.tamper = (request, next) => next(request);
    await expectWhole();
  });
});
