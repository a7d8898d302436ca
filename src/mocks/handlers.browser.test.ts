import { getResponse } from 'msw';
import { expect, test } from 'vitest';
import { hostAddress } from '../network/bridge/host.ts';
import { envelopeTypes } from '../protocol/wire/envelope-form.ts';
import { handlers } from './handlers.ts';

/** What MSW answers; undefined when the request goes to the real network. */
function ask(url: string, init?: RequestInit): Promise<Response | undefined> {
  return getResponse(handlers, new Request(url, init));
}

function newAddress(): string {
  return `https://${crypto.randomUUID()}.example`;
}

test.for(['/agent/handshake', '/agent/message', '/agent/session/0123', '/under/a/prefix/agent/message'])(
  'the tab that owns the address answers %s',
  async (path) => {
    const address = newAddress();
    const serve = async (request: Request) => new Response(`${request.url} ${await request.text()}`, { status: 418 });
    const hosting = await hostAddress(address, serve, { takeOver: false });
    const response = await ask(address + path, { method: 'POST', body: 'hello' });
    hosting.release();
    expect(response?.status).toBe(418);
    expect(await response?.text()).toBe(`${address + path} hello`);
  },
);

test('a binary envelope passes with its type, and so does what answers it', async () => {
  const address = newAddress();
  const serve = async (request: Request) => {
    const headers = { 'content-type': request.headers.get('content-type') ?? '', 'x-content-type-options': 'nosniff' };
    return new Response(await request.arrayBuffer(), { headers });
  };
  const hosting = await hostAddress(address, serve, { takeOver: false });
  const body = Uint8Array.of(0, 2, 123, 125, 255, 254, 0, 10);
  const headers = { 'content-type': envelopeTypes.binary };
  const response = await ask(`${address}/agent/message`, { method: 'POST', headers, body });
  hosting.release();
  expect(response?.headers.get('content-type')).toBe(envelopeTypes.binary);
  expect(response?.headers.get('x-content-type-options')).toBe('nosniff');
  expect(new Uint8Array((await response?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(body);
});

test('what an owner has no business with goes to the real network', async () => {
  const address = newAddress();
  const hosting = await hostAddress(address, async () => new Response(), { takeOver: false });
  const response = await ask(`${address}/elsewhere`);
  hosting.release();
  expect(response).toBeUndefined();
});

test('an address that no tab owns goes to the real network', async () => {
  const response = await ask(`${newAddress()}/agent/message`, { method: 'POST', body: '{}' });
  expect(response?.headers.get('x-msw-intention')).toBe('passthrough');
});

test('an owner that fails is a network error, without a word of why', async () => {
  const address = newAddress();
  const serve = async () => {
    throw new Error('a secret of the application');
  };
  const hosting = await hostAddress(address, serve, { takeOver: false });
  const response = await ask(`${address}/agent/message`);
  hosting.release();
  expect(response?.type).toBe('error');
});

test('the Controller of this origin answers from its worker', async () => {
  const ca = await ask(`${location.origin}/controller/ca`);
  expect(ca?.status).toBe(200);
  expect(await ca?.text()).toMatch(/^-----BEGIN CERTIFICATE-----/);
  const nothing = await ask(`${location.origin}/controller/nothing`);
  expect(nothing?.status).toBe(404);
  expect(await nothing?.json()).toMatchObject({ code: 'not_found' });
});

test('the delivery service of this origin answers from its worker', async () => {
  const inbox = await ask(`${location.origin}/delivery/inbox`);
  expect(inbox?.status).toBe(401);
  expect(await inbox?.json()).toMatchObject({ code: 'not_authorized' });
});

test('another origin’s Controller is left alone', async () => {
  expect(await ask(`${newAddress()}/controller/ca`)).toBeUndefined();
});
