import { afterEach, describe, expect, test } from 'vitest';
import { ParleyError } from '../../protocol/errors.ts';
import { envelopeTypes } from '../../protocol/wire/envelope-form.ts';
import { channelName } from './channel.ts';
import { type Hosting, hostAddress } from './host.ts';
import { isAddressOnline } from './presence.ts';
import { reachAddress } from './reach.ts';

const opened: Hosting[] = [];
const rivals: Worker[] = [];

afterEach(() => {
  for (const hosting of opened.splice(0)) hosting.release();
  for (const rival of rivals.splice(0)) rival.terminate();
});

/** An address that no other test uses. */
function newAddress(): string {
  return `https://${crypto.randomUUID()}.example`;
}

async function host(
  address: string,
  serve: (request: Request) => Promise<Response>,
  takeOver = false,
): Promise<Hosting> {
  const hosting = await hostAddress(address, serve, { takeOver });
  opened.push(hosting);
  return hosting;
}

/** A real owner in a thread of its own, which can be killed; resolves once it listens. */
async function hostElsewhere(address: string): Promise<Worker> {
  const rival = new Worker(new URL('./testing/owner.worker.ts', import.meta.url), { type: 'module' });
  rivals.push(rival);
  await new Promise<void>((resolve) => {
    rival.addEventListener('message', () => resolve(), { once: true });
    rival.postMessage(address);
  });
  return rival;
}

function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve) => worker.addEventListener('message', ({ data }) => resolve(data), { once: true }));
}

async function codeOf(failing: Promise<unknown>): Promise<string> {
  try {
    await failing;
  } catch (error) {
    if (error instanceof ParleyError) return error.code;
    throw error;
  }
  return 'no error';
}

/** Everything that is said on the channel, until `stop`. */
function listen(): { heard: unknown[]; stop(): void } {
  const channel = new BroadcastChannel(channelName);
  const heard: unknown[] = [];
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => heard.push(data));
  return { heard, stop: () => channel.close() };
}

test.each(['application/problem+json', envelopeTypes.binary])(
  'a request and its answer, %s, arrive as they were sent, to the byte',
  async (type) => {
    const address = newAddress();
    const sent = crypto.getRandomValues(new Uint8Array(60_000));
    const answered = crypto.getRandomValues(new Uint8Array(50_000));
    const arrived: { method: string; url: string; type: string | null; body: Uint8Array }[] = [];
    await host(address, async (request) => {
      const { method, url, headers } = request;
      arrived.push({
        method,
        url,
        type: headers.get('content-type'),
        body: new Uint8Array(await request.arrayBuffer()),
      });
      return new Response(answered, { status: 421, headers: { 'content-type': type, 'x-a': 'b' } });
    });

    const url = `${address}/agent/handshake?x=%20y`;
    const response = await reachAddress(
      new Request(url, { method: 'POST', body: sent, headers: { 'content-type': envelopeTypes.binary } }),
    );

    expect(arrived).toEqual([{ method: 'POST', url, type: envelopeTypes.binary, body: sent }]);
    expect(response?.status).toBe(421);
    expect(response?.headers.get('content-type')).toBe(type);
    expect(response?.headers.get('x-a')).toBe('b');
    expect(new Uint8Array((await response?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(answered);
  },
);

test('a GET and an answer without a body pass', async () => {
  const address = newAddress();
  await host(address, async (request) => new Response(null, { status: request.body === null ? 204 : 400 }));
  const response = await reachAddress(new Request(`${address}/agent/session/1`));
  expect(response?.status).toBe(204);
});

test('an address that nobody owns is undefined, not a refusal', async () => {
  const address = newAddress();
  expect(await reachAddress(new Request(`${address}/agent/message`))).toBeUndefined();
  expect(await isAddressOnline(address)).toBe(false);
});

test('an address is online from hosting to release', async () => {
  const address = newAddress();
  const hosting = await host(`${address}/`, async () => new Response());
  expect(await isAddressOnline(address)).toBe(true);
  expect(await isAddressOnline(`${address}/elsewhere`)).toBe(false);
  hosting.release();
  await expect.poll(() => isAddressOnline(address), { timeout: 10_000 }).toBe(false);
});

test('the longest address that a URL lies under answers it', async () => {
  const address = newAddress();
  await host(address, async () => new Response('the root'));
  await host(`${address}/a`, async () => new Response('under a'));
  const ask = async (path: string) => (await reachAddress(new Request(address + path)))?.text();
  expect(await ask('/a/agent/message')).toBe('under a');
  expect(await ask('/ab/agent/message')).toBe('the root');
  expect(await ask('/agent/message')).toBe('the root');
});

test('many requests at once get each their own answer', async () => {
  const address = newAddress();
  await host(address, async (request) => new Response(`answer to ${await request.text()}`));
  const numbers = Array.from({ length: 50 }, (_, index) => String(index));
  const answers = await Promise.all(
    numbers.map(async (body) => (await reachAddress(new Request(`${address}/x`, { method: 'POST', body })))?.text()),
  );
  expect(answers).toEqual(numbers.map((body) => `answer to ${body}`));
});

describe('an owner that does not answer', () => {
  test('a request is refused as soon as its owner dies', async () => {
    const address = newAddress();
    const owner = await hostElsewhere(address);
    const arrived = nextMessage(owner);
    const asking = codeOf(reachAddress(new Request(`${address}/agent/message`, { method: 'POST', body: '1' })));
    expect(await arrived).toBe('arrived');
    owner.terminate();
    expect(await asking).toBe('peer_unreachable');
    expect(await isAddressOnline(address)).toBe(false);
  });

  test('a request is refused as soon as its owner releases the address', async () => {
    const address = newAddress();
    const hosting = await host(address, () => {
      hosting.release();
      return new Promise<never>(() => undefined);
    });
    expect(await codeOf(reachAddress(new Request(`${address}/x`)))).toBe('peer_unreachable');
  });

  test('a failing application is a refusal that says nothing of the cause', async () => {
    const address = newAddress();
    await host(address, async () => {
      throw new Error('a secret of the application');
    });
    const { heard, stop } = listen();
    expect(await codeOf(reachAddress(new Request(`${address}/x`)))).toBe('peer_unreachable');
    stop();
    expect(JSON.stringify(heard)).not.toContain('secret');
  });

  test('an answer after the deadline is dropped, and the next request gets its own', async () => {
    const address = newAddress();
    const { promise: late, resolve: answerLate } = Promise.withResolvers<Response>();
    let served = 0;
    await host(address, () => {
      served += 1;
      return served === 1 ? late : Promise.resolve(new Response('the second'));
    });
    expect(await codeOf(reachAddress(new Request(`${address}/x`), 50))).toBe('peer_unreachable');
    answerLate(new Response('the first'));
    const second = await reachAddress(new Request(`${address}/x`));
    expect(await second?.text()).toBe('the second');
  });

  test('a request that arrives after its deadline is not served', async () => {
    const address = newAddress();
    let served = 0;
    await host(address, async () => {
      served += 1;
      return new Response();
    });
    expect(await codeOf(reachAddress(new Request(`${address}/x`), -1))).toBe('peer_unreachable');
    expect((await reachAddress(new Request(`${address}/x`)))?.status).toBe(200);
    expect(served).toBe(1);
  });
});

describe('two owners', () => {
  test('the second is refused while the first lives', async () => {
    const address = newAddress();
    await hostElsewhere(address);
    expect(await codeOf(hostAddress(address, async () => new Response(), { takeOver: false }))).toBe('agent_in_use');
    expect(await isAddressOnline(address)).toBe(true);
  });

  test('the second waits for a first that is just closing', async () => {
    const address = newAddress();
    const first = await host(address, async () => new Response('the first'));
    const second = host(address, async () => new Response('the second'));
    first.release();
    await second;
    expect(await (await reachAddress(new Request(`${address}/x`)))?.text()).toBe('the second');
  });

  test('taking over moves the address, and refuses what the first had not answered', async () => {
    const address = newAddress();
    const owner = await hostElsewhere(address);
    const arrived = nextMessage(owner);
    const asking = codeOf(reachAddress(new Request(`${address}/x`)));
    await arrived;
    await host(address, async () => new Response('the new owner'), true);
    expect(await asking).toBe('peer_unreachable');
    expect(await (await reachAddress(new Request(`${address}/x`)))?.text()).toBe('the new owner');
  });

  test('an owner whose thread hangs can be taken over as well', async () => {
    const address = newAddress();
    const owner = await hostElsewhere(address);
    const arrived = nextMessage(owner);
    const asking = codeOf(reachAddress(new Request(`${address}/hang`)));
    await arrived;
    await host(address, async () => new Response('the new owner'), true);
    expect(await asking).toBe('peer_unreachable');
    expect(await (await reachAddress(new Request(`${address}/x`)))?.text()).toBe('the new owner');
  });

  test('what is released after a take-over does not touch the new owner', async () => {
    const address = newAddress();
    const first = await host(address, async () => new Response('the first'));
    await host(address, async () => new Response('the second'), true);
    first.release();
    expect(await (await reachAddress(new Request(`${address}/x`)))?.text()).toBe('the second');
  });
});

test('what is not a message of the bridge is ignored', async () => {
  const address = newAddress();
  let served = 0;
  await host(address, async () => {
    served += 1;
    return new Response('still here');
  });
  const { heard, stop } = listen();
  await reachAddress(new Request(`${address}/x`));
  stop();
  const [request] = heard;
  if (typeof request !== 'object' || request === null) throw new Error('no request was heard');

  const channel = new BroadcastChannel(channelName);
  const malformed: unknown[] = [
    null,
    'request',
    42,
    [],
    { type: 'request' },
    { ...request, id: 7 },
    { ...request, deadline: 'tomorrow' },
    { ...request, hostId: undefined },
    { ...request, request: { method: 'POST', url: `${address}/x`, headers: {}, body: null } },
    { ...request, request: { method: 'POST', url: `${address}/x`, headers: [], body: 'text' } },
    { ...request, type: 'surprise' },
    { type: 'answer', id: 'unknown', response: { status: 200, headers: [], body: new ArrayBuffer() } },
    { type: 'failure', id: 'unknown' },
  ];
  for (const message of malformed) channel.postMessage(message);
  channel.close();

  expect(await (await reachAddress(new Request(`${address}/x`)))?.text()).toBe('still here');
  expect(served).toBe(2);
});

test('a forged answer of a status that HTTP does not know is not taken for the answer', async () => {
  const address = newAddress();
  const forger = new BroadcastChannel(channelName);
  forger.addEventListener('message', ({ data }) => {
    if (data.type !== 'request') return;
    forger.postMessage({ type: 'answer', id: data.id, response: { status: 0, headers: [], body: new ArrayBuffer() } });
  });
  await host(address, async () => new Response('the real one'));
  const response = await reachAddress(new Request(`${address}/x`));
  forger.close();
  expect(await response?.text()).toBe('the real one');
});

test('an address that is no URL is refused', async () => {
  expect(await codeOf(hostAddress('nowhere', async () => new Response(), { takeOver: false }))).toBe('invalid_input');
  expect(await codeOf(isAddressOnline('nowhere'))).toBe('invalid_input');
});
