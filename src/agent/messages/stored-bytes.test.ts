import { beforeAll, expect, test } from 'vitest';
import { limits } from '../../protocol/limits.ts';
import { streamed } from '../streams/answer-kinds.ts';
import { material, outcome } from '../streams/testing/pieced-source.ts';
import { addresses, names, Pair } from '../testing/pair.ts';
import { MethodRegistry, type RequestInfo } from './methods.ts';

const methods = new MethodRegistry();
const bytes = material(limits.storedAttachment, 5);
let runs = 0;
let pair: Pair;

beforeAll(async () => {
  methods.register('picture', () => {
    runs += 1;
    return bytes;
  });
  methods.register('film', () => streamed(new Blob([bytes]), { keep: 600 }));
  pair = await Pair.connected(undefined, { helper: { methods } });
});

const ask = (method: string, requestId: string, body?: Uint8Array<ArrayBuffer>) =>
  pair.agent('traveller').exchange({ peerId: names.helper, method, parameters: null, requestId, body });

test('bytes of up to 1 MiB are repeated after a restart of whoever gave them, and nothing runs again', async () => {
  const first = await pair.during(ask('picture', 'req_picture'));
  await first.body?.stream.cancel();
  await pair.restart('helper');
  const { view, body } = await pair.during(ask('picture', 'req_picture'));
  expect(view.answer).toMatchObject({
    kind: 'bytes',
    state: 'whole',
    size: bytes.length,
    hash: first.view.answer?.hash,
  });
  expect(new Uint8Array(await new Response(body?.stream).arrayBuffer())).toEqual(bytes);
  expect(runs).toBe(1);
});

test('a request that was answered with a stream is stream_gone after that restart', async () => {
  const { body } = await pair.during(ask('film', 'req_film'));
  body?.peerStream?.pause();
  const again = await pair.during(ask('film', 'req_film'));
  expect(again.body?.peerStream?.head).toEqual(body?.peerStream?.head);
  again.body?.peerStream?.pause();
  await pair.restart('helper');
  expect((await pair.during(ask('film', 'req_film'))).view).toMatchObject({
    status: 'error',
    error: { code: 'stream_gone' },
  });
});

test('a request with bytes is not sent again after a restart of its sender, which has them no more', async () => {
  pair.world.agents.delete(addresses.helper);
  const asked = outcome(ask('picture', 'req_lost', Uint8Array.of(1, 2)));
  await pair.passing(() =>
    pair
      .agent('traveller')
      .snapshot()
      .exchanges.find(({ waiting }) => waiting?.for === 'peer'),
  );
  const traveller = await pair.restart('traveller');
  await asked;
  pair.world.agents.set(addresses.helper, pair.agent('helper'));
  const lost = await pair.passing(() =>
    traveller.snapshot().exchanges.find(({ requestId, status }) => requestId === 'req_lost' && status === 'failed'),
  );
  expect(lost).toMatchObject({ error: { code: 'stream_gone' }, body: { kind: 'bytes', size: 2 } });
  expect(runs).toBe(1);
});

test('a request with bytes is not left for a peer that is away', async () => {
  const request = { peerId: names.helper, method: 'picture', parameters: null, whenAway: 'store' } as const;
  const asked = pair.agent('traveller').exchange({ ...request, body: Uint8Array.of(1) });
  expect(await outcome(asked)).toBe('invalid_input');
});

test('a revoked peer’s streams end', async () => {
  let info: RequestInfo | undefined;
  methods.register('endless', async function* (_parameters: unknown, given: RequestInfo) {
    info = given;
    for (let n = 0; !given.signal.aborted; n++) {
      yield n;
      await new Promise<void>((resolve) => pair.world.clock.after(100, resolve));
    }
  });
  const { body } = await pair.during(ask('endless', 'req_endless'));
  await pair.during(body?.peerStream?.next() ?? Promise.reject(new TypeError('The answer is no stream.')));
  await pair.world.revoke(names.traveller);
  await pair.during(pair.agent('helper').checkRevocations());
  expect(await pair.passing(() => info?.signal.aborted || undefined)).toBe(true);
});
