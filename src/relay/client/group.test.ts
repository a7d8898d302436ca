import { expect, test } from 'vitest';
import { TestClock } from '../../agent/testing/clock.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { relayGroupNetwork } from './group.ts';
import { type Waiting, whenTrue } from './when-true.ts';

const relay = 'https://relay.test';

/** A line that is down until the test says otherwise, and a network that is reached only while it stands. */
function world() {
  const clock = new TestClock(0);
  const waiting = new Set<Waiting>();
  let isUp = false;
  const carried: string[] = [];
  const network = relayGroupNetwork(
    {
      send: async ({ url }) => {
        if (!isUp) throw new ParleyError('peer_unreachable', 'There is no network.');
        carried.push(url);
        return new Response('{}');
      },
    },
    [relay],
    () => ({ relay, settled: (ms) => whenTrue(() => isUp, waiting, clock, ms) }),
  );
  const comeBack = () => {
    isUp = true;
    for (const { look } of [...waiting]) look();
  };
  return { clock, network, carried, comeBack };
}

const message = () => new Request(`${relay}/agents/helper_agent_001/agent/message`, { method: 'POST', body: '{}' });

test('a message waits for a line that is gone for a minute, and goes out once, in its order', async () => {
  const { clock, network, carried, comeBack } = world();
  const sending = [network.send(message()), network.send(message())];
  clock.advance(60_000);
  expect(carried).toEqual([]);
  comeBack();
  expect((await Promise.all(sending)).map(({ status }) => status)).toEqual([200, 200]);
  expect(carried).toHaveLength(2);
});

test('a message is reported as not sent before its timestamp would be too old', async () => {
  const { clock, network } = world();
  const sending = network.send(message()).catch((error: unknown) => error);
  clock.advance(299_000);
  expect(await sending).toMatchObject({ code: 'peer_unreachable' });
});

test('a question to the Controller waits for 20 seconds only', async () => {
  const { clock, network } = world();
  let refused: unknown;
  const asking = network.send(new Request(`${relay}/controller/agents`)).catch((error: unknown) => {
    refused = error;
  });
  clock.advance(19_999);
  await new Promise<void>((resolve) => setImmediate(resolve));
  expect(refused).toBe(undefined);
  clock.advance(1);
  await asking;
  expect(refused).toMatchObject({ code: 'peer_unreachable' });
});
