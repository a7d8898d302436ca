import { expect, test } from 'vitest';
import { problemResponse } from '../../http/problem-response.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { ControllerClient } from './client.ts';

const now = Date.parse('Fri, 27 Nov 2026 12:00:00 GMT');

/** The client of a Controller that answers every call with `answer`. */
function clientOf(answer: () => Response): ControllerClient {
  const network = { send: async () => answer(), stream: async () => answer() };
  return new ControllerClient(network, 'https://controller.test', { subtle: crypto.subtle, now: () => now });
}

const page = (status: number, retryAfter: string) =>
  new Response('<html>nginx</html>', { status, headers: { 'retry-after': retryAfter } });

test.each([
  ['the Controller', 'rate_limited', () => problemResponse(new ParleyError('rate_limited', 'No.', { retryAfter: 30 }))],
  ['the Controller', 'unavailable', () => problemResponse(new ParleyError('unavailable', 'No.', { retryAfter: 30 }))],
  ['a proxy', 'rate_limited', () => page(429, '30')],
  ['a proxy', 'controller_unreachable', () => page(503, 'Fri, 27 Nov 2026 12:00:30 GMT')],
] as const)('a call that %s refuses rejects with %s and says when it may be tried again', async (_, code, answer) => {
  await expect(clientOf(answer).agents('', 10)).rejects.toMatchObject({ code, retryAfter: 30 });
  await expect(clientOf(answer).caCertificate()).rejects.toMatchObject({ code, retryAfter: 30 });
});

test('a stream of events that is refused says when it may be asked for again', async () => {
  const listener = { heard: () => undefined, alive: () => undefined };
  const client = clientOf(() => page(429, '30'));
  await expect(client.listen(listener, new AbortController().signal)).rejects.toMatchObject({
    code: 'controller_unreachable',
    retryAfter: 30,
  });
});

test('a certificate is asked for by its SHA-256 in base64url, and taken only when it has it', async () => {
  const der = new TextEncoder().encode('certificate 5');
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', der));
  const asked: string[] = [];
  const answers = [
    new Response(der),
    new Response('another'),
    problemResponse(new ParleyError('unknown_certificate', 'No.')),
  ];
  const network = {
    send: async ({ url }: Request) => {
      asked.push(url);
      return answers.shift() ?? Response.error();
    },
  };
  const client = new ControllerClient(network, 'https://controller.test', { subtle: crypto.subtle, now: () => now });
  expect(await client.certificate(hash)).toEqual(der);
  await expect(client.certificate(hash)).rejects.toMatchObject({ code: 'controller_unreachable' });
  await expect(client.certificate(hash)).rejects.toMatchObject({ code: 'unknown_certificate' });
  const name = Buffer.from(hash).toString('base64url');
  expect(new Set(asked)).toEqual(new Set([`https://controller.test/controller/certificates/${name}`]));
});
