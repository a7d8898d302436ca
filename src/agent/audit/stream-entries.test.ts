import { beforeAll, describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import { MethodRegistry } from '../messages/methods.ts';
import { streamed } from '../streams/answer-kinds.ts';
import { sourceOfBytes } from '../streams/byte-source.ts';
import { names, Pair } from '../testing/pair.ts';
import { entriesOf } from './testing/conversation.ts';
import { verifyExport } from './verify/verify-export.ts';

const methods = new MethodRegistry();
const both = ['traveller', 'helper'] as const;
let pair: Pair;

beforeAll(async () => {
  pair = await Pair.connected(undefined, { helper: { methods } });
});

/** The message entries of an agent from the one at `from` on, without sessions and places. */
async function messages(who: (typeof both)[number], from = 0) {
  const entries = (await entriesOf(pair.agent(who))).slice(from).filter(({ kind }) => kind === 'message');
  return entries.map(({ words, index, canDisclose }) => ({ words: words.replace(/ \(.*/, ''), index, canDisclose }));
}
const lengthOf = async (who: (typeof both)[number]) => (await entriesOf(pair.agent(who))).length;

describe('the trail of streams', () => {
  test('has the request, its answer and the end, once, and nothing between', async () => {
    methods.register('film', () => streamed(new Blob([new Uint8Array(3_000_000)]), { name: 'film.bin' }));
    const before = { traveller: await lengthOf('traveller'), helper: await lengthOf('helper') };
    const asked = pair.agent('traveller').exchange({ peerId: names.helper, method: 'film', parameters: null });
    const { body } = await pair.during(asked);
    await pair.during(new Response(body?.stream).arrayBuffer());
    expect((await messages('traveller', before.traveller)).map(({ words }) => words)).toEqual([
      'Sent helper_agent_001 a request',
      'helper_agent_001 sent an answer',
      'helper_agent_001 sent an answer',
    ]);
    for (const who of both) {
      const seen = await messages(who, before[who]);
      expect(seen.map(({ canDisclose }) => canDisclose)).toEqual([true, true, false]);
      const exported = await pair.agent(who).audit.export(seen.slice(0, 2).map(({ index }) => index));
      expect(await verifyExport(crypto.subtle, encodeUtf8(exported))).toMatchObject({ holds: true });
      expect(exported).toContain('film.bin');
    }
  });

  test('has a request’s stream by its head and its end', async () => {
    methods.register('take', async (_parameters, info) => (await info.body?.bytes())?.length ?? 0);
    const before = { traveller: await lengthOf('traveller'), helper: await lengthOf('helper') };
    const body = { source: sourceOfBytes(new Uint8Array(2_500_000)), mediaType: 'text/plain' };
    await pair.during(
      pair.agent('traveller').exchange({ peerId: names.helper, method: 'take', parameters: null, body }),
    );
    for (const who of both) {
      const seen = await messages(who, before[who]);
      expect(seen.filter(({ words }) => words.endsWith('the end of a stream'))).toHaveLength(1);
      const [request] = seen;
      expect([request?.words.endsWith('a request'), request?.canDisclose]).toEqual([true, true]);
    }
  });

  test('shows a cancelled request as cancelled at both sides', async () => {
    const running = Promise.withResolvers<void>();
    methods.register('wait', (_parameters, info) => {
      running.resolve();
      return new Promise((_, reject) => info.signal.addEventListener('abort', () => reject(info.signal.reason)));
    });
    const before = { traveller: await lengthOf('traveller'), helper: await lengthOf('helper') };
    const stop = new AbortController();
    const asked = pair
      .agent('traveller')
      .exchange({ peerId: names.helper, method: 'wait', parameters: null, signal: stop.signal });
    asked.catch(() => undefined);
    await pair.during(running.promise);
    stop.abort();
    await expect(pair.during(asked)).rejects.toBe(stop.signal.reason);
    for (const who of both) {
      const shown = () =>
        pair
          .agent(who)
          .snapshot()
          .exchanges.find(({ method }) => method === 'wait');
      await pair.passing(() => (shown()?.error?.code === 'cancelled' ? true : undefined));
      // The answers to the request and to its cancellation come after that of whoever gave it up.
      await pair.pass(1_000);
      const kinds = (await messages(who, before[who])).map(({ words }) => words);
      expect(kinds.filter((words) => words.endsWith('a cancellation'))).toHaveLength(1);
      expect((await pair.agent(who).audit.verify()).words).toMatch(/^All \d+ entries hold\.$/);
    }
  });
});
