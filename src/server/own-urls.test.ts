import { afterEach, describe, expect, test } from 'vitest';
import { makeRegistrant, registration } from '../controller/testing/registrant.ts';
import { ownUrls, urlByHost } from './own-urls.ts';
import { postJson, RawConnection, registerRaw } from './testing/raw-agent.ts';
import { startTestServer, type TestServer } from './testing/server.ts';

describe('the names of a server', () => {
  test('of this machine are all names of this machine', () => {
    const names = ['http://localhost:4173', 'http://127.0.0.1:4173', 'http://[::1]:4173'];
    expect(ownUrls('http://localhost:4173', [])).toEqual(names);
    expect(ownUrls('http://127.0.0.1:4173', []).toSorted()).toEqual(names.toSorted());
    expect(ownUrls('https://localhost', [])[1]).toBe('https://127.0.0.1');
    expect(urlByHost(names, '[::1]:4173')).toBe('http://[::1]:4173');
    expect(urlByHost(names, 'elsewhere:4173')).toBe('http://localhost:4173');
  });

  test('that others know is its only one, beside those of its group', () => {
    expect(ownUrls('https://parley.example', [])).toEqual(['https://parley.example']);
    const group = ['https://one.example', 'https://two.example'];
    expect(ownUrls('https://two.example', group).toSorted()).toEqual(group);
  });
});

describe('a server of this machine', () => {
  let server: TestServer;
  afterEach(() => server.end());

  test.each(['localhost', '127.0.0.1'])('is one that an agent can register and stay at as %s', async (name) => {
    server = await startTestServer(['--host', '127.0.0.1']);
    const url = `http://${name}:${server.port}`;
    const keys = await registerRaw(url, 'helper_agent_001');
    const line = new RawConnection(url);
    await line.prove(keys, 'helper_agent_001', url);
    await line.frame('welcome');
    expect((await (await fetch(`${url}/relay`)).json()).relays).toEqual([url]);
    const asked = fetch(`http://127.0.0.1:${server.port}/agents/helper_agent_001/agent/session/abc`);
    const { id } = await line.frame('request');
    line.send({ type: 'answer', id, status: 200, headers: [] }, new TextEncoder().encode('{}'));
    expect((await asked).status).toBe(200);
    line.socket.terminate();
  });

  test('that is known by another name refuses what was signed for a name of this machine', async () => {
    server = await startTestServer([
      '--host',
      '127.0.0.1',
      '--url',
      'https://parley.example',
      '--registration',
      'open',
    ]);
    const url = `http://127.0.0.1:${server.port}`;
    const keys = await makeRegistrant('helper_agent_001', `${url}/agents/helper_agent_001`);
    const timestamp = Math.floor(Date.now() / 1_000);
    for (const [controller, status] of [
      [url, 421],
      ['https://parley.example', 201],
    ] as const) {
      const body = await registration(keys, { controller, timestamp });
      expect((await postJson(`${url}/controller/register`, body)).status).toBe(status);
    }
  });
});
