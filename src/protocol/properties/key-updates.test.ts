import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Environment } from '../crypto/environment.ts';
import type { Established } from '../handshake/established.ts';
import { limits } from '../limits.ts';
import { encryptMessage } from '../session/encrypt-message.ts';
import { readEnvelope } from '../session/envelope.ts';
import type { Epoch } from '../session/epoch/epoch.ts';
import { encodeBase64 } from '../wire/base64.ts';
import type { MessageBody } from '../wire/envelope-form.ts';
import { clock, makeAgent, runHandshake, testEnvironment } from './testing/fixture.ts';
import { decryptMessage } from './testing/messages.ts';
import { type Fate, Pair } from './testing/pair.ts';
import { refusal } from './testing/tamper.ts';

let platform: Environment;
let ends: { readonly client: Established; readonly server: Established };
beforeAll(async () => {
  platform = await testEnvironment();
  ends = await runHandshake(platform, await makeAgent('traveller_001'), await makeAgent('helper_agent_001'));
});

const newPair = () => new Pair(platform, ends);
const fate = fc.constantFrom<Fate>('arrives', 'arrives', 'request lost', 'answer lost', 'doubled');
const act = fc.record({ by: fc.constantFrom('client', 'server'), kind: fc.constantFrom('send', 'update'), fate });

describe('key updates', () => {
  test('by either side begin the same epoch at both, and messages go on in both directions', async () => {
    const pair = newPair();
    for (const [at, from] of [pair.client, pair.server, pair.server].entries()) {
      expect(await pair.update(from)).toBe('accepted');
      expect(pair.epochs()).toEqual([at + 1, at + 1]);
      expect(await pair.send(pair.client)).toBe('accepted');
      expect(await pair.send(pair.server)).toBe('accepted');
    }
  });

  test('at the same moment settle: the client’s stands', async () => {
    const pair = newPair();
    expect(await Promise.all([pair.update(pair.client), pair.update(pair.server)])).toEqual(['accepted', 'accepted']);
    expect(pair.epochs()).toEqual([1, 1]);
    expect(await pair.send(pair.client)).toBe('accepted');
    expect(await pair.send(pair.server)).toBe('accepted');
  });

  test('whatever interleaves, is lost or doubled: both come to one epoch, and no request is delivered twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(act, { minLength: 1, maxLength: 5 }), { maxLength: 6 }), async (batches) => {
        const pair = newPair();
        for (const batch of batches) {
          await Promise.all(
            batch.map(({ by, kind, fate: how }) =>
              kind === 'send' ? pair.send(pair[by], how) : pair.update(pair[by], how),
            ),
          );
        }
        // What was not answered is asked for again, as an agent does before it sends.
        for (const end of [pair.client, pair.server]) {
          if (end.hasUnansweredUpdate) expect(await pair.update(end)).toBe('accepted');
        }
        expect(pair.client.epochNumber).toBe(pair.server.epochNumber);
        expect(await pair.send(pair.client)).toBe('accepted');
        expect(await pair.send(pair.server)).toBe('accepted');
        expect(new Set(pair.ran).size).toBe(pair.ran.length);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  test('let the old epoch’s messages in for 30 s, and no longer', async () => {
    const pair = newPair();
    const nonce = encodeBase64(platform.random(16));
    const message = { message_type: 'REQUEST', request_id: 'late', method: 'echo', parameters: null, nonce };
    const [early, late] = [
      await encryptMessage(pair.context, pair.client, message),
      await encryptMessage(pair.context, pair.client, message),
    ];
    await pair.update(pair.client);
    const receive = (body: MessageBody) => refusal(() => decryptMessage(pair.context, pair.server, readEnvelope(body)));
    pair.seconds += limits.oldKeys - 1;
    expect(await receive(early)).toBe('accepted');
    expect(await receive(early)).toBe('replayed_message');
    pair.seconds += 1;
    expect(await receive(late)).toBe('unknown_epoch');
  });

  test('of an older epoch are refused: under its keys a thief would know the result', async () => {
    const pair = newPair();
    const stolen = pair.client.live(pair.seconds).epoch;
    await pair.update(pair.client);
    const message = await pair.keyUpdate('thief');
    const send = () => pair.ask(pair.client, message, { epoch: stolen });
    expect(await refusal(send)).toBe('unknown_epoch');
    expect(pair.epochs()).toEqual([1, 1]);
  });

  test('that were not answered leave nothing behind when the session ends', async () => {
    const pair = newPair();
    expect(await pair.update(pair.client, 'answer lost')).toBe('peer_unreachable');
    expect(pair.client.hasUnansweredUpdate).toBe(true);
    for (const end of [pair.client, pair.server]) {
      end.end('CLOSED');
      expect(end.hasUnansweredUpdate).toBe(false);
      expect(() => end.startKeyUpdate(pair.context, () => 'late')).toThrow(/session_closed/);
      expect(end.epochOf(0, pair.seconds)).toBeUndefined();
    }
  });

  test('that are overdue stop data, and nothing else', async () => {
    const pair = newPair();
    pair.seconds += 2 * limits.updateAfterSeconds - 1;
    expect(await pair.send(pair.client)).toBe('accepted');
    expect(pair.client.live(pair.seconds).epoch.due(pair.seconds)).toBe('due');
    pair.seconds += 1;
    expect(await pair.send(pair.client)).toBe('unknown_epoch');
    expect(await pair.update(pair.client)).toBe('accepted');
    expect(await pair.send(pair.client)).toBe('accepted');
    for (let sent = 0; sent < limits.updateAfterMessages / 2 - 1; sent += 1) await pair.send(pair.client);
    expect(pair.client.live(pair.seconds).epoch.due(pair.seconds)).toBe('due');
  });
});

test('a KEY_UPDATE is answered by its request_id, also after later updates, and begins nothing again', async () => {
  const pair = newPair();
  const first = await pair.keyUpdate('first');
  const answer = await pair.ask(pair.client, first);
  expect(answer).toMatchObject({ status: 'SUCCESS' });
  // Nobody at the client took that answer in: it asks again, and both sides are in the next epoch.
  const repeat = (epoch: Epoch) => pair.ask(pair.client, first, { epoch });
  expect(await repeat(pair.client.live(clock).epoch)).toEqual(answer);
  expect(pair.epochs()).toEqual([0, 1]);
});

test('an update of an earlier epoch is answered as before after later ones, under its request_id alone', async () => {
  const pair = newPair();
  const repeat = async (id: string) => pair.ask(pair.client, await pair.keyUpdate(id));
  const ids: string[] = [];
  for (const _ of [1, 2, 3]) ids.push(await pair.updated(pair.client));
  expect(pair.epochs()).toEqual([3, 3]);
  const answers = [await repeat(ids[0] ?? ''), await repeat(ids[0] ?? '')];
  expect(answers[0]).toEqual(answers[1]);
  expect(await repeat(ids[1] ?? '')).toMatchObject({ status: 'SUCCESS', request_id: ids[1] });
  expect(pair.epochs()).toEqual([3, 3]);
  expect(await pair.send(pair.client)).toBe('accepted');
});

test('a KEY_UPDATE begins nothing again, however many have followed it', async () => {
  const pair = newPair();
  const ask = (id: string) => refusal(async () => pair.ask(pair.client, await pair.keyUpdate(id)));
  const ids: string[] = [];
  for (let made = 0; made < 70; made++) ids.push(await pair.updated(pair.client));
  expect(pair.epochs()).toEqual([70, 70]);
  for (const at of [0, 1, 5]) expect(await ask(ids[at] ?? '')).toBe('unknown_epoch');
  expect(await ask(ids[69] ?? '')).toBe('accepted');
  expect(pair.epochs()).toEqual([70, 70]);
  expect(await pair.send(pair.client)).toBe('accepted');
});

test('a KEY_UPDATE that met the other side’s is answered so when it is repeated, and begins nothing', async () => {
  const pair = newPair();
  const conflict = async () => pair.ask(pair.server, await pair.keyUpdate('late'));
  expect(await pair.update(pair.client, 'request lost')).toBe('peer_unreachable');
  const expected = { status: 'ERROR', error: { code: 'key_update_conflict' } };
  expect(await conflict()).toMatchObject(expected);
  expect(await pair.update(pair.client)).toBe('accepted');
  expect(await conflict()).toMatchObject(expected);
  expect(pair.epochs()).toEqual([1, 1]);
});

test('a request in a session whose keys are overdue is refused before it runs', async () => {
  const pair = newPair();
  pair.seconds += 2 * limits.updateAfterSeconds;
  const message = { message_type: 'REQUEST', request_id: 'late', method: 'echo', parameters: null };
  const nonce = encodeBase64(platform.random(16));
  const body = await encryptMessage(pair.context, pair.client, { ...message, nonce }, { isData: false });
  const answer = await pair.receive(pair.server, body);
  expect(answer.ok).toBe(false);
  expect(new TextDecoder().decode(answer.body)).toContain('"unknown_epoch"');
  expect(pair.ran).toEqual([]);
});

describe('a KEY_UPDATE whose shares are bad', () => {
  test.each([
    ['an X25519 share of small order', 'x25519', new Uint8Array(32)],
    ['an ML-KEM key that is none', 'ml_kem_768', new Uint8Array(1_184).fill(255)],
  ] as const)('%s is key_exchange_failed and leaves the epoch as it is', async (_, share, bad) => {
    const pair = newPair();
    const { key_shares: shares, ...rest } = await pair.keyUpdate('bad');
    const update = (key_shares: Record<string, string>) =>
      refusal(() => pair.ask(pair.client, { ...rest, key_shares }));
    expect(await update({ ...shares, [share]: encodeBase64(bad) })).toBe('key_exchange_failed');
    expect(pair.epochs()).toEqual([0, 0]);
    expect(await pair.send(pair.client)).toBe('accepted');
    expect(await update(shares)).toBe('accepted');
    expect(pair.server.epochNumber).toBe(1);
  });
});
