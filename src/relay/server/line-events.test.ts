import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEventHub } from '../../controller/events.ts';
import { httpNetwork } from '../../network/http.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { tellLines } from '../../server/event-batch.ts';
import { postJson } from '../../server/testing/raw-agent.ts';
import { operatorToken, startTestServer, type TestServer } from '../../server/testing/server.ts';
import { openTab, type TestTab } from '../../server/testing/tab.ts';
import { decodeFromRelay } from '../client/frames.ts';

let server: TestServer;
let tabs: TestTab[];
let streams: number;
beforeEach(async () => {
  server = await startTestServer();
  tabs = [];
  streams = 0;
});
afterEach(async () => {
  for (const tab of tabs) tab.close();
  await server.end();
});

/** An agent whose streams are counted. */
async function open(agentId: string) {
  const network = {
    ...httpNetwork,
    stream: async (request: Request) => {
      streams += 1;
      return (httpNetwork.stream ?? httpNetwork.send)(request);
    },
  };
  const tab = await openTab(agentId, [server.url], network);
  tabs.push(tab);
  return tab;
}

test('an agent with a line hears of a revocation on it, and asks for no stream of events', async () => {
  const traveller = await open('traveller_agent_001');
  await open('helper_agent_001');
  await traveller.agent.send({ peerId: 'helper_agent_001', method: 'note', parameters: 1 });
  const revoked = await postJson(
    `${server.url}/controller/revoke`,
    { agent_id: 'helper_agent_001', reason: 'keyCompromise', timestamp: Math.floor(Date.now() / 1000) },
    { authorization: `Bearer ${operatorToken}` },
  );
  expect(revoked.status).toBe(200);
  await vi.waitFor(
    () => expect(traveller.agent.snapshot().sessions[0]).toMatchObject({ failure: { code: 'certificate_revoked' } }),
    { timeout: 10_000 },
  );
  expect(streams).toBe(0);
});

test('a thousand agents that come and go are told in few frames, a revocation at once', () => {
  vi.useFakeTimers();
  try {
    const hub = createEventHub();
    const frames: { event: string; agent_id: string }[][] = [];
    const stop = tellLines(hub, {
      tellAll: (frame) => {
        const { header } = decodeFromRelay(frame.buffer);
        if (header.type === 'events') frames.push(header.events);
      },
    });
    const id = (at: number) => {
      const agentId = `agent_${at}_001`;
      if (!isAgentId(agentId)) throw new TypeError(agentId);
      return agentId;
    };
    for (let at = 0; at < 1_000; at += 1) {
      for (let again = 0; again < 10; again += 1) hub.publish({ type: 'agent_offline', agentId: id(at) });
      hub.publish({ type: 'agent_online', agentId: id(at) });
    }
    vi.advanceTimersByTime(250);
    expect(frames).toHaveLength(3);
    const last = new Map(frames.flat().map(({ event, agent_id }) => [agent_id, event]));
    expect(last.size).toBe(1_000);
    expect(new Set(last.values())).toEqual(new Set(['agent_online']));
    hub.publish({ type: 'certificate_revoked', agentId: id(1) });
    expect(frames.at(-1)).toEqual([{ event: 'certificate_revoked', agent_id: id(1) }]);
    stop();
  } finally {
    vi.useRealTimers();
  }
});
