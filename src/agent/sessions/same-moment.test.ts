import { describe, expect, test } from 'vitest';
import { MethodRegistry } from '../messages/methods.ts';
import { addresses, living, names, Pair } from '../testing/pair.ts';

type Interfere = (pair: Pair, post: () => Promise<Response>) => Promise<readonly Response[]>;

/** Runs `act`; the first request to Helper that has `mark` in it is posted by `interfere` instead, and the first good answer is given. */
async function doubled(
  pair: Pair,
  mark: string,
  act: () => Promise<unknown>,
  interfere: Interfere = (_, post) => Promise.all([post(), post(), post()]),
): Promise<readonly string[]> {
  const told: string[] = [];
  pair.world.tamper = async (request, next) => {
    const text = await request.clone().text();
    if (!request.url.startsWith(addresses.helper) || !text.includes(mark)) return next(request);
    pair.world.tamper = (later, on) => on(later);
    const { url, headers } = request;
    const post = () => pair.agent('helper').fetch(new Request(url, { method: 'POST', headers, body: text }));
    const answers = await interfere(pair, post);
    for (const answer of answers) told.push(answer.ok ? 'accepted' : (await answer.clone().json()).code);
    return answers.find(({ ok }) => ok)?.clone() ?? next(request);
  };
  await act();
  return told.toSorted();
}

const copies = (code: string) => ['accepted', code, code].toSorted();

describe('of copies of one message at the same moment one is accepted, and the others are called what a later copy is', () => {
  test('CLIENT_HELLO: replayed_nonce', async () => {
    const pair = await Pair.connected();
    await pair.agent('traveller').disconnect(pair.first.sessionId);
    const connect = () => pair.agent('traveller').connect(names.helper);
    expect(await doubled(pair, 'CLIENT_HELLO', connect)).toEqual(copies('replayed_nonce'));
    expect(living(pair.agent('helper'))).toHaveLength(1);
  });

  test('CLIENT_HELLO, when there is one place: replayed_nonce', async () => {
    const limits = { sessions: 8, halfOpen: 1 };
    const pair = await Pair.connected(undefined, { helper: { limits } });
    await pair.agent('traveller').disconnect(pair.first.sessionId);
    const connect = () => pair.agent('traveller').connect(names.helper);
    expect(await doubled(pair, 'CLIENT_HELLO', connect)).toEqual(copies('replayed_nonce'));
  });

  test('CLIENT_CONFIRM: session_conflict', async () => {
    const pair = await Pair.connected();
    await pair.agent('traveller').disconnect(pair.first.sessionId);
    const connect = () => pair.agent('traveller').connect(names.helper);
    expect(await doubled(pair, 'CLIENT_CONFIRM', connect)).toEqual(copies('session_conflict'));
  });

  test('RESUME_HELLO: replayed_nonce', async () => {
    const pair = await Pair.connected();
    await pair.leave('traveller');
    const resume = async () => {
      await pair.comeBack('traveller');
      await pair.resumed('traveller');
    };
    expect(await doubled(pair, 'RESUME_HELLO', resume)).toEqual(copies('replayed_nonce'));
  });

  test('a request: replayed_message, and it runs once', async () => {
    const methods = new MethodRegistry();
    let runs = 0;
    methods.register('ping', () => null);
    methods.register('count', () => ++runs);
    const pair = await Pair.connected(undefined, { helper: { methods } });
    const send = () => pair.agent('traveller').send({ peerId: names.helper, method: 'count', parameters: null });
    expect(await doubled(pair, 'encrypted_payload', send)).toEqual(copies('replayed_message'));
    expect(runs).toBe(1);
  });

  test('a KEY_UPDATE: replayed_message', async () => {
    const pair = await Pair.connected();
    const update = () => pair.agent('traveller').updateKeys(pair.first.sessionId);
    expect(await doubled(pair, 'encrypted_payload', update)).toEqual(copies('replayed_message'));
  });

  test('a CLOSE: replayed_message', async () => {
    const pair = await Pair.connected();
    const close = () => pair.agent('traveller').disconnect(pair.first.sessionId);
    expect(await doubled(pair, 'encrypted_payload', close)).toEqual(copies('replayed_message'));
  });
});

test('however far behind the first a copy of a hello follows, it is a replay', async () => {
  for (const mark of ['CLIENT_HELLO', 'RESUME_HELLO']) {
    for (let turns = 0; turns < 30; turns += 5) {
      const pair = await Pair.connected();
      if (mark === 'CLIENT_HELLO') await pair.agent('traveller').disconnect(pair.first.sessionId);
      else await pair.leave('traveller');
      const act = async () => {
        if (mark === 'RESUME_HELLO') await pair.comeBack('traveller');
        await pair.agent('traveller').send({ peerId: names.helper, method: 'ping', parameters: null });
      };
      const told = await doubled(pair, mark, act, async (_, post) => {
        const first = post();
        for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
        return Promise.all([first, post()]);
      });
      expect([mark, turns, told]).toEqual([mark, turns, ['accepted', 'replayed_nonce']]);
    }
  }
});
