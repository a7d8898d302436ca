import { describe, expect, test } from 'vitest';
import { isLocalCode, ParleyError } from '../../protocol/errors.ts';
import { localCodes } from '../../protocol/local-codes.ts';
import { wireCodes } from '../../protocol/wire-codes.ts';
import { createMemoryControllerStore } from '../../storage/memory/controller-store.ts';
import { MethodRegistry } from '../messages/methods.ts';
import { peerError, Refusal } from '../messages/refusal.ts';
import { addresses, names } from '../testing/pair.ts';
import { TestWorld } from '../testing/world.ts';

const secret = '/home/somebody/keys/ca.pem';
const local = Object.keys(localCodes).filter(isLocalCode);

async function pairWith(methods: MethodRegistry) {
  const world = await TestWorld.create();
  const { agent: traveller } = await world.open(names.traveller, addresses.traveller);
  const { agent: helper } = await world.open(names.helper, addresses.helper, { methods });
  return { world, traveller, helper };
}

describe('what a handler throws', () => {
  const cases = [
    ['an error', () => new Error(secret)],
    ['an error of the family, with a code of the wire', () => new ParleyError('not_authorized', secret)],
    ['an error of the family, with a code of its own', () => new ParleyError('storage_failed', secret)],
    ['a text', () => secret],
    ['nothing', () => undefined],
  ] as const;

  test('is told to the peer without its text, unless it is a Refusal', async () => {
    const methods = new MethodRegistry();
    for (const [name, thrown] of cases) {
      methods.register(name, () => {
        throw thrown();
      });
    }
    methods.register('refusal', () => {
      throw new Refusal('sold_out', 'Every seat is taken.');
    });
    const { traveller } = await pairWith(methods);
    for (const [method] of cases) {
      const { status, error } = await traveller.send({ peerId: names.helper, method, parameters: null });
      expect({ method, status, code: error?.code }).toEqual({ method, status: 'error', code: 'handler_failed' });
      expect(error?.detail).not.toContain(secret);
    }
    const refused = await traveller.send({ peerId: names.helper, method: 'refusal', parameters: null });
    expect(refused.error).toEqual({ code: 'sold_out', detail: 'Every seat is taken.' });
  });

  test('is no Refusal under a code that an agent keeps to itself', () => {
    for (const code of [...local, '', 'Sold out', 'x'.repeat(65)]) {
      expect(() => new Refusal(code, 'No.'), code).toThrow(/invalid_input/);
    }
  });
});

describe('a code that only this side can find', () => {
  test.each(local)('is not taken from a problem of the peer: %s', async (code) => {
    const { world, traveller } = await pairWith(new MethodRegistry());
    await traveller.connect(names.helper);
    world.tamper = async (request, next) =>
      request.url.endsWith('/agent/message')
        ? Response.json(
            { type: `urn:parley:error:${code}`, title: '', status: 400, code, detail: 'Said by the peer.' },
            { status: 400, headers: { 'content-type': 'application/problem+json' } },
          )
        : next(request);
    const sent = traveller.send({ peerId: names.helper, method: 'ping', parameters: null });
    await expect(sent).rejects.toMatchObject({
      code: 'invalid_answer',
      detail: expect.not.stringContaining('Said by'),
    });
  });

  test.each(local)('is not taken from the Controller: %s', async (code) => {
    const { world, traveller } = await pairWith(new MethodRegistry());
    world.tamper = async (request, next) =>
      request.url.includes('/controller/agents')
        ? Response.json({ code, detail: 'Said by the Controller.' }, { status: 400 })
        : next(request);
    await expect(traveller.connect(names.helper)).rejects.toMatchObject({
      code: 'controller_unreachable',
      detail: expect.not.stringContaining('Said by'),
    });
  });
});

test('an ERROR of the peer stands for nothing that this side would have found', () => {
  for (const code of [...local, 'peer_unreachable', 'certificate_revoked', 'session_expired', 'sold_out']) {
    expect(peerError({ code, detail: 'No.' })).toMatchObject({ code: 'handler_failed', peerCode: code, detail: 'No.' });
  }
  for (const code of ['unknown_method', 'not_permitted', 'request_declined', 'handler_failed']) {
    expect(peerError({ code, detail: 'No.' })).toMatchObject({ code, peerCode: undefined });
  }
});

test('what fails in the Controller is told without its text', async () => {
  const world = await TestWorld.create();
  for (const code of [...local, 'internal_error'] as const) {
    const store = {
      ...createMemoryControllerStore(),
      agent: async () => {
        throw new ParleyError(code, secret);
      },
    };
    const answer = await world
      .newController(store)
      .fetch(new Request('https://controller.test/controller/agents/somebody'));
    const text = await answer.text();
    expect(text).not.toContain(secret);
    const problem: { code: string; status: number } = JSON.parse(text);
    expect(Object.keys(wireCodes)).toContain(problem.code);
    expect(answer.status).toBe(problem.status);
    if (code === 'storage_failed') expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  }
});
