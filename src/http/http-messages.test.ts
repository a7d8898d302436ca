import { describe, expect, test } from 'vitest';
import { relayGroupNetwork } from '../relay/client/group.ts';
import { fromRequestMessage, toRequestMessage } from './http-messages.ts';

const url = 'https://localhost:5001/agent/handshake';

/** A request as Firefox has it: there is no `body`, only the ways to read all of it. */
function withoutStream(request: Request): Request {
  return Object.defineProperty(request, 'body', { value: undefined });
}

describe('a request without a stream', () => {
  test('crosses a thread as it is, and one without a body stays without', async () => {
    const passed = fromRequestMessage(
      await toRequestMessage(withoutStream(new Request(url, { method: 'POST', body: 'a hello' }))),
    );
    expect(await passed.text()).toBe('a hello');
    const get = fromRequestMessage(await toRequestMessage(withoutStream(new Request(url))));
    expect([get.method, get.body]).toEqual(['GET', null]);
  });

  test.each([
    ['GET', undefined, ''],
    ['POST', 'a hello', 'a hello'],
  ])('goes to another relay of the group: %s', async (method, body, arrived) => {
    const carried: Request[] = [];
    const network = {
      send: async (request: Request) => {
        carried.push(request);
        return new Response();
      },
    };
    const line = () => ({ relay: 'https://two', settled: async () => undefined });
    const group = relayGroupNetwork(network, ['https://one', 'https://two'], line);
    const request = new Request('https://one/agents/x/agent/session/1', {
      method,
      ...(body === undefined ? {} : { body }),
    });
    await group.send(withoutStream(request));
    const [sent] = carried;
    expect([sent?.method, sent?.url, await sent?.text()]).toEqual([
      method,
      'https://two/agents/x/agent/session/1',
      arrived,
    ]);
  });
});
