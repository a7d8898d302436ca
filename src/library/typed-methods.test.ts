import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, expectTypeOf, test } from 'vitest';
import { startTestServer, type TestServer } from '../server/testing/server.ts';
import { Agent, type AnyMethods, type Json, type MethodHandler, type Peer, type RequestInfo } from './node.ts';

interface Greeting {
  name: string;
  words?: string[];
}
interface Tree {
  name: string;
  below: Tree[];
}
interface HostMethods {
  greet(parameters: Greeting): { text: string };
  grow(parameters: Tree): Promise<Tree>;
  note(parameters: { text: string }): void;
  find(parameters: { name: string }): string | undefined;
  count(): number;
  list(parameters?: { most: number }): string[];
  then(parameters: { name: string }): string;
}

let folder: string;
let server: TestServer;
let host: Agent<HostMethods>;
let guest: Agent;
const notes: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-typed-'));
  server = await startTestServer();
  host = await Agent.open<HostMethods>({
    id: 'host_agent_001',
    ...at('host_agent_001'),
    methods: {
      greet: ({ name, words = [] }, { peerId }) => ({ text: [`Hello ${name} of ${peerId}`, ...words].join(' ') }),
      grow: async ({ name, below }) => ({ name: `${name}!`, below }),
      note: async ({ text }) => {
        notes.push(text);
      },
      find: ({ name }) => (name === 'Ada' ? 'found' : undefined),
      count: () => notes.length,
      list: (parameters) => Array.from({ length: parameters?.most ?? 1 }, (_, index) => `item ${index}`),
    },
  });
  host.handle('then', ({ name }) => name);
  guest = await Agent.open({ id: 'guest_agent_001', ...at('guest_agent_001') });
}, 120_000);
afterAll(async () => {
  await Promise.all([guest?.close(), host?.close()]);
  await server?.end();
  await rm(folder, { recursive: true });
});

function at(id: string) {
  return { server: server.url, folder: join(folder, id) };
}

test('a typed peer’s methods are called as functions', async () => {
  const peer = guest.peer<HostMethods>('host_agent_001');
  const greeting: Greeting = { name: 'Ada', words: ['and', 'all'] };
  const { text } = await peer.greet(greeting);
  expectTypeOf(text).toEqualTypeOf<string>();
  expect(text).toBe('Hello Ada of guest_agent_001 and all');
  const tree: Tree = { name: 'oak', below: [{ name: 'leaf', below: [] }] };
  expect(await peer.grow(tree)).toEqual({ ...tree, name: 'oak!' });
  expect(await peer.count()).toBe(0);
  expectTypeOf(peer.note).returns.toEqualTypeOf<Promise<void>>();
  await peer.note({ text: 'one' });
  expect(notes).toEqual(['one']);
  expect(await peer.count(null, { requestId: 'count_once' })).toBe(1);
  notes.push('two');
  expect(await peer.count(null, { requestId: 'count_once' })).toBe(1);
  const missing = await peer.find({ name: 'Bob' });
  expectTypeOf(missing).toEqualTypeOf<string | null>();
  expect(missing).toBe(null);
  expect(await peer.list()).toEqual(['item 0']);
  expect(await peer.list({ most: 2 })).toEqual(['item 0', 'item 1']);
});

test('a peer is no promise, and nothing that JavaScript looks for by itself sends a request', async () => {
  const peer = guest.peer<HostMethods>('host_agent_001');
  expect(await peer).toBe(peer);
  expect(JSON.stringify({ peer })).toBe('{"peer":{}}');
  expect(Object.keys(peer)).toEqual([]);
  expect('then' in peer).toBe(false);
  // @ts-expect-error a method of this name is called by send
  expect(peer.then).toBe(undefined);
  expect(await guest.send('host_agent_001', 'then', { name: 'by send' })).toBe('by send');
  const { exchanges } = await guest.snapshot();
  const known = ['greet', 'grow', 'note', 'find', 'count', 'list', 'then'];
  expect(exchanges.filter(({ method }) => !known.includes(method))).toEqual([]);
});

test('a handler that gives nothing is answered with null', async () => {
  host.handle('note', () => undefined);
  expect(await guest.send('host_agent_001', 'note', { text: 'x' })).toBe(null);
  expect(await guest.peer<HostMethods>('host_agent_001').note({ text: 'x' })).toBe(null);
});

test('an agent is closed at the end of the block that uses it', async () => {
  let used: Agent;
  {
    await using third = await Agent.open({ id: 'third_agent_001', ...at('third_agent_001'), reachable: false });
    used = third;
    expect(await third.send<{ text: string }>('host_agent_001', 'greet', { name: 'Eve' })).toMatchObject({
      text: expect.stringContaining('Eve'),
    });
  }
  expect(used.sessions()).toEqual([]);
  await (await Agent.open({ id: 'third_agent_001', ...at('third_agent_001'), reachable: false })).close();
});

/** Compiled, never run. */
async function types(typed: Agent<HostMethods>, plain: Agent, when: Date, greeting: Greeting): Promise<void> {
  const place = { id: 'a_b_c', server: '' };
  plain = typed;
  // send: generics, interfaces, and what JSON cannot hold
  expectTypeOf(await plain.send('peer_agent', 'greet', greeting)).toEqualTypeOf<Json>();
  expectTypeOf(await plain.send<Greeting>('peer_agent', 'greet', greeting)).toEqualTypeOf<Greeting>();
  expectTypeOf(
    await plain.send<Greeting, Tree>('peer_agent', 'greet', { name: '', below: [] }),
  ).toEqualTypeOf<Greeting>();
  await plain.send('peer_agent', 'greet');
  await plain.send('peer_agent', 'greet', [1, 'two', { three: null }] as const);
  // @ts-expect-error a function
  await plain.send('peer_agent', 'greet', () => 1);
  // @ts-expect-error a Date inside
  await plain.send('peer_agent', 'greet', { items: [{ when }] });
  // @ts-expect-error a Map
  await plain.send('peer_agent', 'greet', new Map([['a', 1]]));
  // @ts-expect-error a Set
  await plain.send('peer_agent', 'greet', new Set([1]));
  // @ts-expect-error a BigInt
  await plain.send('peer_agent', 'greet', { count: 1n });
  // @ts-expect-error bytes
  await plain.send('peer_agent', 'greet', new Uint8Array(2));
  // @ts-expect-error parameters of another shape than the given type
  await plain.send<Greeting, Tree>('peer_agent', 'greet', { name: '' });
  // @ts-expect-error no option of send
  await plain.send('peer_agent', 'greet', {}, { requestID: 'x' });

  // peer: names, parameters and results
  const peer: Peer<HostMethods> = plain.peer<HostMethods>('peer_agent');
  // @ts-expect-error no such method
  await peer.great({ name: '' });
  // @ts-expect-error a parameter is missing
  await peer.greet();
  // @ts-expect-error a member is missing
  await peer.greet({});
  // @ts-expect-error the result has no such member
  (await peer.greet({ name: '' })).words;
  const untyped = plain.peer('peer_agent');
  void (await untyped.anything?.({ at: 1 }));
  const written = { add: ({ a, b }: { a: number; b: number }, _info: RequestInfo) => Promise.resolve(a + b) };
  expectTypeOf(await plain.peer<typeof written>('peer_agent').add({ a: 1, b: 2 })).toEqualTypeOf<number>();

  // open: handlers with types of an interface, of their own, or none
  await Agent.open<HostMethods>({ ...place, methods: { greet: ({ name }) => ({ text: name }) } });
  // @ts-expect-error a handler of another result
  await Agent.open<HostMethods>({ ...place, methods: { greet: ({ name }) => ({ words: name }) } });
  // @ts-expect-error no method of the interface
  await Agent.open<HostMethods>({ ...place, methods: { great: () => ({ text: '' }) } });
  // @ts-expect-error a method whose parameters are no JSON
  await Agent.open<{ at(parameters: Date): string }>(place);
  // @ts-expect-error a method whose result is no JSON
  await Agent.open<{ at(): Map<string, string> }>(place);
  await Agent.open({
    ...place,
    methods: { greet: ({ name }: Greeting, { peerId }: RequestInfo) => ({ name, peerId }) },
  });
  await Agent.open({ ...place, methods: written });
  await Agent.open({ ...place, methods: { at: (parameters, { now }) => [parameters, now] } });
  await Agent.open({ ...place, methods: { at: async () => undefined, log: async (parameters) => void parameters } });
  // @ts-expect-error a result that is no JSON
  await Agent.open({ ...place, methods: { at: () => new Map() } });
  // @ts-expect-error a promise of a result that is no JSON
  await Agent.open({ ...place, methods: { at: async (_: Greeting) => ({ when }) } });
  // @ts-expect-error no option of open
  await Agent.open({ ...place, folders: '' });

  // handle: the same
  typed.handle('greet', ({ name }) => ({ text: name }));
  // @ts-expect-error a handler of another result
  typed.handle('greet', () => 1);
  // @ts-expect-error no method of the interface
  typed.handle('great', () => ({ text: '' }));
  plain.handle('any', (parameters) => parameters);
  plain.handle('any', ({ name }: Greeting) => ({ name }));
  plain.handle<Greeting, Promise<{ text: string }>>('any', async ({ name }) => ({ text: name }));
  // @ts-expect-error a result that is no JSON
  plain.handle('any', ({ name }: Greeting) => ({ name, when }));
  const handler: MethodHandler<Greeting, { text: string }> = ({ name }) => ({ text: name });
  plain.handle('any', handler);
  const methods: AnyMethods = { echo: (parameters) => parameters };
  await Agent.open({ ...place, methods });
}
test('the types hold: the compiler has checked them', () => expect(types).toBeTypeOf('function'));
