import fc from 'fast-check';
import { expect, test } from 'vitest';
import { names, Pair } from '../testing/pair.ts';
import { MethodRegistry } from './methods.ts';

/** What a handler may give in JavaScript, where no type stops it. */
type Given = () => unknown;

const circular = () => {
  const value: Record<string, unknown> = {};
  value.self = [value];
  return value;
};
const deep = () => {
  let value: unknown = 1;
  for (let level = 0; level < 100_000; level++) value = [value];
  return value;
};
const throwing = () => ({
  get words(): never {
    throw new TypeError('a secret of the handler');
  },
});
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
class Own {
  readonly words = 'of a class';
}

/** Each must become an answer with an error. */
const unusable: Record<string, Given> = {
  BigInt: () => 1n,
  'BigInt inside': () => ({ rows: [{ id: 1n }] }),
  function: () => () => 1,
  'function inside': () => ({ then_what: () => 1 }),
  symbol: () => Symbol('words'),
  'undefined in an array': () => [undefined],
  circular,
  deep,
  'sixteen levels': () => JSON.parse(`${'['.repeat(16)}${']'.repeat(16)}`),
  NaN: () => Number.NaN,
  Infinity: () => ({ most: Number.POSITIVE_INFINITY }),
  'an inexact integer': () => 2 ** 53,
  'a lone surrogate': () => ({ text: '\ud800' }),
  'a lone surrogate in a name': () => ({ '\udc00': 1 }),
  Date: () => new Date(0),
  'an invalid Date': () => new Date(Number.NaN),
  Map: () => new Map([[1, 2]]),
  Set: () => new Set([1]),
  'typed array of numbers': () => new Uint16Array(8),
  Error: () => new Error('a secret of the handler'),
  RegExp: () => /x/,
  Promise: () => ({ later: Promise.resolve(1) }),
  'own class': () => new Own(),
  'boxed BigInt': () => Object(1n),
  'throwing getter': throwing,
  'throwing toJSON': () => ({
    toJSON: () => {
      throw new TypeError('a secret of the handler');
    },
  }),
  'throwing then': () =>
    Object.defineProperty({}, 'then', {
      get: () => {
        throw new TypeError('a secret of the handler');
      },
    }),
  'revoked proxy': revoked,
  'a sparse array': () => new Array(4_294_967_295),
  'twenty million characters': () => 'x'.repeat(20_000_000),
  'too long once it is escaped': () => '\u0001'.repeat(4_000_000),
  'too many numbers': () => Array.from({ length: 800_000 }, () => -1.234567890123456e-100),
};

/** Each is thrown, or what a promise is rejected with. */
const thrown: Record<string, unknown> = {
  undefined,
  null: null,
  BigInt: 1n,
  symbol: Symbol('words'),
  text: 'a secret of the handler',
  circular: circular(),
  'revoked proxy': revoked(),
  Error: new Error('a secret of the handler'),
  'throwing getter': throwing(),
};

/** Each is what the peer gets. */
const usable: Record<string, { readonly given: Given; readonly answer: unknown }> = {
  null: { given: () => null, answer: null },
  nothing: { given: () => undefined, answer: null },
  'undefined member': { given: () => ({ a: undefined, b: 1 }), answer: { b: 1 } },
  'object without prototype': { given: () => Object.assign(Object.create(null), { a: 1 }), answer: { a: 1 } },
  'a promise': { given: () => Promise.resolve([true]), answer: [true] },
  'a large float': { given: () => 1e300, answer: 1e300 },
  'a member called __proto__': {
    given: () => JSON.parse('{"__proto__":{"a":1}}'),
    answer: JSON.parse('{"__proto__":{"a":1}}'),
  },
};

/** Helper answers `method` by what JavaScript lets a handler do. */
async function pairWith(handlers: Record<string, Given>): Promise<Pair> {
  const methods = new MethodRegistry();
  methods.register('ping', () => ({ pong: true }));
  for (const [method, given] of Object.entries(handlers)) {
    // The value is JSON for the compiler alone.
    methods.register(method, async () => JSON.parse('null', () => given()));
  }
  return Pair.connected(undefined, { helper: { methods } });
}

async function ask(pair: Pair, method: string) {
  return pair.agent('traveller').send({ peerId: names.helper, method, parameters: null });
}

test.each(Object.keys(unusable))('a handler that gives %s is answered with an error', async (kind) => {
  const given = unusable[kind] ?? expect.unreachable();
  const pair = await pairWith({ odd: given });
  const asked = await ask(pair, 'odd');
  expect(asked).toMatchObject({ status: 'error', error: { code: 'handler_failed' } });
  expect(asked.error?.detail).not.toContain('secret');
  expect(await ask(pair, 'ping')).toMatchObject({ status: 'success', result: { pong: true } });
  const own = pair
    .agent('helper')
    .snapshot()
    .exchanges.find(({ method }) => method === 'odd');
  expect(own?.status).toBe('error');
});

test.each(Object.keys(thrown))('a handler that throws %s is answered with an error', async (kind) => {
  const pair = await pairWith({
    throws: () => {
      throw thrown[kind];
    },
    rejects: () => Promise.reject(thrown[kind]),
  });
  for (const method of ['throws', 'rejects']) {
    const asked = await ask(pair, method);
    expect(asked).toMatchObject({ status: 'error', error: { code: 'handler_failed' } });
    expect(asked.error?.detail).not.toContain('secret');
  }
  expect(await ask(pair, 'ping')).toMatchObject({ status: 'success' });
});

test.each(Object.keys(usable))('a handler that gives %s is answered with it', async (kind) => {
  const { given, answer } = usable[kind] ?? expect.unreachable();
  expect(await ask(await pairWith({ odd: given }), 'odd')).toMatchObject({ status: 'success', result: answer });
});

test('a handler that never settles is told to stop once its sender waits no longer', async () => {
  const methods = new MethodRegistry();
  let signal: AbortSignal | undefined;
  methods.register('odd', (_parameters, info) => {
    signal = info.signal;
    return new Promise(() => undefined);
  });
  const pair = await Pair.connected(undefined, { helper: { methods } });
  const asking = pair
    .agent('traveller')
    .send({ peerId: names.helper, method: 'odd', parameters: null, timeout: 100_000 });
  await expect(pair.during(asking)).rejects.toMatchObject({ code: 'timed_out' });
  await pair.passing(() => (signal?.aborted === true ? true : undefined));
  const theirs = () =>
    pair
      .agent('helper')
      .snapshot()
      .exchanges.find(({ method }) => method === 'odd');
  await pair.passing(() => (theirs()?.status === 'error' ? true : undefined));
  expect(theirs()?.error?.code).toBe('cancelled');
});

test('whatever JavaScript makes, a handler that gives it ends nothing', async () => {
  let given: Given = () => undefined;
  const pair = await pairWith({ odd: () => given() });
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
    withBoxedValues: true,
    withObjectString: true,
    withNullPrototype: true,
  });
  const made = anything.map(
    (value): Given =>
      () =>
        value,
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.constantFrom(...Object.values(unusable)), made), async (give) => {
      given = give;
      const { status, error } = await ask(pair, 'odd');
      expect([status, error?.code]).toBeOneOf([
        ['success', undefined],
        ['error', 'handler_failed'],
      ]);
      expect(await ask(pair, 'ping')).toMatchObject({ status: 'success' });
    }),
    { numRuns: 60 },
  );
});

const unsendable = Object.keys(unusable).filter((kind) => kind !== 'throwing then');

test.each(unsendable)('parameters that are %s are refused before anything is kept or sent', async (kind) => {
  const parameters = unusable[kind] ?? expect.unreachable();
  const pair = await Pair.connected();
  const before = pair.world.carried.length;
  const request = { peerId: names.helper, method: 'echo', parameters: JSON.parse('null', () => parameters()) };
  await expect(pair.agent('traveller').send(request)).rejects.toMatchObject({ code: 'invalid_input' });
  expect(pair.world.carried.length).toBe(before);
  expect(
    pair
      .agent('traveller')
      .snapshot()
      .exchanges.filter(({ direction }) => direction === 'outgoing'),
  ).toEqual([]);
});

test.each(['', 'x'.repeat(129), '\ud800'])(
  'a method or request_id that no peer takes is refused before it is kept: %j',
  async (name) => {
    const pair = await Pair.connected();
    const parameters = null;
    for (const request of [{ method: name }, { method: 'echo', requestId: name }]) {
      const sending = pair.agent('traveller').send({ peerId: names.helper, parameters, ...request });
      await expect(sending).rejects.toMatchObject({ code: 'invalid_input' });
    }
    expect(
      pair
        .agent('traveller')
        .snapshot()
        .exchanges.filter(({ direction }) => direction === 'outgoing'),
    ).toEqual([]);
  },
);
