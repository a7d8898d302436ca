import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { envelopeTypes } from '../protocol/wire/envelope-form.ts';
import { httpNetwork } from './http.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (!isAddressInfo(address)) throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

test('carries a request and its answer, whatever the status', async () => {
  const url = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.writeHead(409, { 'x-method': request.method }).end(body.toUpperCase());
  });
  const response = await httpNetwork.send(new Request(url, { method: 'POST', body: 'hello' }));
  expect(response.status).toBe(409);
  expect(response.headers.get('x-method')).toBe('POST');
  expect(await response.text()).toBe('HELLO');
});

test('carries the type of a binary envelope and its bytes, both ways', async () => {
  const url = await serve(async (request, response) => {
    const parts: Uint8Array[] = [];
    for await (const chunk of request) parts.push(chunk);
    const headers = { 'content-type': request.headers['content-type'] ?? '', 'x-content-type-options': 'nosniff' };
    response.writeHead(200, headers).end(Buffer.concat(parts));
  });
  const body = Uint8Array.of(0, 2, 123, 125, 255, 254, 0, 10);
  const headers = { 'content-type': envelopeTypes.binary };
  const response = await httpNetwork.send(new Request(url, { method: 'POST', headers, body }));
  expect(response.headers.get('content-type')).toBe(envelopeTypes.binary);
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(body);
});

test('nobody at the address: peer_unreachable, with a sentence that names the host', async () => {
  const url = await serve(() => undefined);
  await closing.pop()?.();
  await expect(httpNetwork.send(new Request(url))).rejects.toMatchObject({
    code: 'peer_unreachable',
    detail: expect.stringContaining(new URL(url).host),
  });
});

test('no answer by the deadline: peer_unreachable', async () => {
  const url = await serve(() => undefined);
  await expect(httpNetwork.send(new Request(url), 50)).rejects.toMatchObject({
    code: 'peer_unreachable',
    detail: expect.stringContaining('0.05 seconds'),
  });
});

test('a redirect is not followed', async () => {
  let elsewhere = 0;
  const target = await serve((_request, response) => {
    elsewhere += 1;
    response.end();
  });
  const url = await serve((_request, response) => void response.writeHead(307, { location: target }).end());
  await expect(httpNetwork.send(new Request(url))).rejects.toMatchObject({ code: 'peer_unreachable' });
  expect(elsewhere).toBe(0);
});
