import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addresses, living, names, Pair } from '../testing/pair.ts';

const post = (pair: Pair, body: unknown) =>
  pair.agent('helper').fetch(
    new Request(`${addresses.helper}/agent/handshake`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );

const codeOf = async (response: Response) => (await response.json()).code;

/** Runs Traveller's handshake; `interfere` is called with its genuine CLIENT_CONFIRM before Helper has it. */
async function confirming(interfere: (pair: Pair, genuine: Record<string, unknown>) => Promise<void>): Promise<Pair> {
  const pair = await Pair.connected();
  await pair.agent('traveller').disconnect(pair.first.sessionId);
  pair.world.tamper = async (request, next) => {
    const text = await request.clone().text();
    if (!text.includes('CLIENT_CONFIRM')) return next(request);
    pair.world.tamper = (later, on) => on(later);
    await interfere(pair, JSON.parse(text));
    return next(request);
  };
  await pair.agent('traveller').connect(names.helper);
  return pair;
}

const base64 = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((b) => Buffer.from(b).toString('base64'));

test('whatever anybody posts as a CLIENT_CONFIRM before the initiator’s, the handshake goes on', async () => {
  const changes = fc.record(
    {
      signature: fc.oneof(base64(256), base64(384), base64(1), fc.anything()),
      challenge_response: fc.oneof(
        fc.record({ iv: base64(12), ciphertext: base64(32), tag: base64(16) }),
        fc.anything(),
      ),
      extra: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const isChange = (change: object) => Object.values(change).some((value) => value !== undefined);
  let forged: unknown[] = [];
  const codes: unknown[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(changes.filter(isChange), { minLength: 1, maxLength: 4 }), async (list) => {
      forged = list;
      const pair = await confirming(async (of, genuine) => {
        for (const change of forged) {
          const body = JSON.stringify({ ...genuine, ...(change as object) }, (_, value) =>
            typeof value === 'bigint' ? String(value) : value,
          );
          codes.push(await codeOf(await post(of, body)));
        }
      });
      expect(living(pair.agent('helper'))).toHaveLength(1);
      expect(
        pair
          .agent('helper')
          .snapshot()
          .sessions.filter(({ status }) => status === 'FAILED'),
      ).toEqual([]);
    }),
    // One of the right shape and one of the wrong: chance alone may bring none of them.
    { numRuns: 30, examples: [[[{ signature: Buffer.alloc(384).toString('base64') }, { signature: 1 }]]] },
  );
  expect([...new Set(codes)].toSorted()).toEqual(['malformed_message', 'signature_invalid']);
});

test('a flood of forged ones leaves the record of the genuine one whole', async () => {
  const pair = await confirming(async (of, genuine) => {
    for (let n = 0; n < 100; n++) {
      const response = await post(of, { ...genuine, signature: Buffer.alloc(256, n).toString('base64') });
      expect(await codeOf(response)).toBe('signature_invalid');
    }
  });
  const [session] = living(pair.agent('helper'));
  const trace = pair.agent('helper').snapshot().traces[session?.sessionId ?? ''] ?? [];
  expect(trace.filter((event) => event.kind === 'message' && event.message === 'CLIENT_CONFIRM')).toHaveLength(1);
  expect(trace.some(({ kind }) => kind === 'failed')).toBe(false);
  expect(await pair.agent('helper').audit.verify()).not.toHaveProperty('brokenAt');
});

test('a malformed one is malformed whether its session is known or not', async () => {
  const pair = await Pair.connected();
  const malformed = { message_type: 'CLIENT_CONFIRM', session_id: 'ab'.repeat(16), signature: 'no' };
  expect(await codeOf(await post(pair, malformed))).toBe('malformed_message');
  expect(await codeOf(await post(pair, { ...malformed, session_id: pair.first.sessionId }))).toBe('malformed_message');
});

test('one that is replayed, or late, is a conflict while its id is remembered, then unknown', async () => {
  let confirm: unknown;
  const pair = await confirming(async (_, genuine) => {
    confirm = genuine;
  });
  expect(await codeOf(await post(pair, confirm))).toBe('session_conflict');
  expect(living(pair.agent('helper'))).toHaveLength(1);
  await pair.restart('helper');
  expect(await codeOf(await post(pair, confirm))).toBe('unknown_session');
});

test('of two copies at the same moment one makes the session', async () => {
  let copies: Promise<Response>[] = [];
  const pair = await Pair.connected();
  await pair.agent('traveller').disconnect(pair.first.sessionId);
  pair.world.tamper = async (request, next) => {
    const text = await request.clone().text();
    if (!text.includes('CLIENT_CONFIRM')) return next(request);
    copies = [post(pair, text), post(pair, text)];
    const answers = await Promise.all(copies);
    return answers.find(({ ok }) => ok)?.clone() ?? answers[0] ?? next(request);
  };
  await pair.agent('traveller').connect(names.helper);
  expect((await Promise.all(copies)).map(({ status }) => status).toSorted()).toEqual([200, 409]);
  expect(living(pair.agent('helper'))).toHaveLength(1);
});
