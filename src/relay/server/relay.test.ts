import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { operatorToken, startTestServer, type TestServer } from '../../server/testing/server.ts';
import { openSecondLine, openTab, type TestTab } from '../../server/testing/tab.ts';

let server: TestServer;
let tabs: TestTab[];
beforeEach(async () => {
  server = await startTestServer();
  tabs = [];
});
afterEach(async () => {
  for (const tab of tabs) tab.close();
  await server.end();
});

async function open(agentId: string) {
  const tab = await openTab(agentId, [server.url]);
  tabs.push(tab);
  return tab;
}

describe('two agents and a server', () => {
  test('talk in both directions through the relay, which sees no word of it', async () => {
    const traveller = await open('traveller_agent_001');
    const helper = await open('helper_agent_001');
    expect(traveller.hosted.line?.status).toBe('connected');
    const there = await traveller.agent.send({
      peerId: 'helper_agent_001',
      method: 'note',
      parameters: { secret: 'the word is mauve' },
    });
    expect(there).toMatchObject({ status: 'success', result: { noted: 1 } });
    const back = await helper.agent.send({ peerId: 'traveller_agent_001', method: 'note', parameters: 2 });
    expect(back.status).toBe('success');
    expect([helper.ran, traveller.ran]).toEqual([[{ secret: 'the word is mauve' }], [2]]);
    expect(server.log.join()).not.toContain('mauve');
  });

  test('send each other what is large as bytes, in both directions', async () => {
    const traveller = await open('traveller_agent_001');
    const helper = await open('helper_agent_001');
    const parameters = 'mauve '.repeat(2_000);
    for (const [from, to] of [
      [traveller, helper],
      [helper, traveller],
    ] as const) {
      await from.agent.send({ peerId: to.agentId, method: 'note', parameters });
      expect(to.ran).toEqual([parameters]);
      for (const end of [from, to]) {
        expect(end.agent.snapshot().wire.at(-1)).toMatchObject({
          status: 200,
          requestForm: 'binary',
          responseForm: 'binary',
        });
      }
    }
  });

  test('see each other come and go in the directory, at once', async () => {
    const traveller = await open('traveller_agent_001');
    const helper = await open('helper_agent_001');
    const [peer] = await traveller.agent.peers();
    expect(peer).toMatchObject({ agentId: 'helper_agent_001', online: true });
    const heard = traveller.events.filter(({ type }) => type === 'directory').length;
    helper.close();
    await vi.waitFor(
      () => expect(traveller.events.filter(({ type }) => type === 'directory').length).toBeGreaterThan(heard),
      { timeout: 10_000 },
    );
    expect((await traveller.agent.peers())[0]).toMatchObject({ online: false });
  });

  test('a revocation ends sessions at every peer and the connection of the revoked', async () => {
    const traveller = await open('traveller_agent_001');
    const helper = await open('helper_agent_001');
    await traveller.agent.send({ peerId: 'helper_agent_001', method: 'note', parameters: 1 });
    const revoked = await fetch(`${server.url}/controller/revoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${operatorToken}` },
      body: JSON.stringify({
        agent_id: 'helper_agent_001',
        reason: 'keyCompromise',
        timestamp: Math.floor(Date.now() / 1000),
      }),
    });
    expect(revoked.status).toBe(200);
    await vi.waitFor(
      () =>
        expect(traveller.agent.snapshot().sessions[0]).toMatchObject({
          status: 'CLOSED',
          failure: { code: 'certificate_revoked' },
        }),
      { timeout: 10_000 },
    );
    await vi.waitFor(() => expect(helper.hosted.line?.status).toBe('refused'), { timeout: 10_000 });
    const again = traveller.agent.send({ peerId: 'helper_agent_001', method: 'note', parameters: 2 });
    await expect(again).rejects.toThrow(/certificate_revoked/);
    expect(helper.ran).toEqual([1]);
  });
});

test('a newer proof of the same agent takes over, and the older one is told', async () => {
  const first = await open('traveller_agent_001');
  const second = await openSecondLine(first, server.url, '{}');
  await vi.waitFor(() => expect(first.hosted.line?.status).toBe('replaced'), { timeout: 10_000 });
  expect(second.view.status).toBe('connected');
  const answer = await fetch(`${server.url}/agents/traveller_agent_001/agent/session/abc`);
  expect(await answer.text()).toBe('{}');
  second.close();
});

test('a server that is started again finds its agents come back, and goes on where it was', async () => {
  const traveller = await open('traveller_agent_001');
  const helper = await open('helper_agent_001');
  const send = (parameters: number) => traveller.agent.send({ peerId: 'helper_agent_001', method: 'note', parameters });
  await send(1);
  const { port, data } = server;
  await server.close();
  const during = send(2);
  server = await startTestServer(['--port', String(port)], {}, data);
  expect((await during).status).toBe('success');
  expect((await send(3)).status).toBe('success');
  expect(helper.ran).toEqual([1, 2, 3]);
});
