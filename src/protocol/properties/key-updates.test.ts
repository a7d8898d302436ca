import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../bytes.ts';
import type { Environment } from '../crypto/environment.ts';
import { generateX25519 } from '../crypto/x25519.ts';
import { ParleyError, toldToOthers, toProblem } from '../errors.ts';
import type { Established } from '../handshake/established.ts';
import { decryptMessage, encryptMessage, readEnvelope } from '../session/envelope.ts';
import { updateAfter } from '../session/epoch.ts';
import { type Answer, receiveEncryptedMessage, sendEncryptedMessage } from '../session/exchange/exchange.ts';
import { updateKeys } from '../session/exchange/update-keys.ts';
import { oldEpochSeconds, Session } from '../session/session.ts';
import { unobserved } from '../trace/events.ts';
import { encodeBase64 } from '../wire/base64.ts';
import { clock, makeAgent, runHandshake, testEnvironment } from './testing/fixture.ts';
import { refusal } from './testing/tamper.ts';

let platform: Environment;
let ends: { readonly client: Established; readonly server: Established };
beforeAll(async () => {
  platform = await testEnvironment();
  ends = await runHandshake(platform, await makeAgent('traveller_001'), await makeAgent('helper_agent_001'));
});

/** What the wire does to one request and its answer. */
type Fate = 'arrives' | 'request lost' | 'answer lost' | 'doubled';

const encoder = new TextEncoder();

/** Both ends of one session, and a wire between them. */
class Pair {
  seconds = clock;
  readonly client: Session;
  readonly server: Session;
  /** What each end was asked, by request_id. */
  readonly ran: string[] = [];
  #ids = 0;

  constructor() {
    // A session erases its keys at its end: each pair gets buffers of its own.
    const own = ({ keys, ...rest }: Established): Established => ({
      ...rest,
      keys: { ...keys, clientIv: keys.clientIv.slice(), serverIv: keys.serverIv.slice() },
    });
    this.client = new Session(own(ends.client));
    this.server = new Session(own(ends.server));
    for (const end of [this.client, this.server]) {
      end.updates.retry = () => updateKeys(this.context, end, () => `update-${this.#ids++}`, this.post(end, 'arrives'));
    }
  }

  get context() {
    return { environment: { ...platform, now: () => 1_000 * this.seconds }, observe: unobserved };
  }

  peerOf(from: Session): Session {
    return from === this.client ? this.server : this.client;
  }

  async receive(to: Session, body: Bytes): Promise<Answer> {
    try {
      const answered = await receiveEncryptedMessage(
        this.context,
        body,
        async () => to,
        async (_, { request_id }) => {
          this.ran.push(request_id);
          return { message_type: 'RESPONSE', request_id, status: 'SUCCESS', result: null };
        },
      );
      return { ok: true, body: answered.body };
    } catch (error) {
      return { ok: false, body: encoder.encode(JSON.stringify(toProblem(toldToOthers(error)))) };
    }
  }

  post(from: Session, fate: Fate): (body: Bytes) => Promise<Answer> {
    const to = this.peerOf(from);
    const lost = () => new ParleyError('peer_unreachable', 'lost');
    return async (body) => {
      if (fate === 'request lost') throw lost();
      const answers = await Promise.all([
        this.receive(to, body),
        ...(fate === 'doubled' ? [this.receive(to, body)] : []),
      ]);
      if (fate === 'answer lost') throw lost();
      return answers[0];
    };
  }

  send(from: Session, fate: Fate = 'arrives', id = `request-${this.#ids++}`): Promise<string> {
    const nonce = encodeBase64(platform.random(16));
    const message = { message_type: 'REQUEST', request_id: id, method: 'echo', parameters: null, nonce };
    return refusal(() => sendEncryptedMessage(this.context, from, message, this.post(from, fate)));
  }

  update(from: Session, fate: Fate = 'arrives'): Promise<string> {
    return refusal(() => updateKeys(this.context, from, () => `update-${this.#ids++}`, this.post(from, fate)));
  }

  epochs(): [number, number] {
    return [this.client.epochNumber, this.server.epochNumber];
  }
}

const fate = fc.constantFrom<Fate>('arrives', 'arrives', 'request lost', 'answer lost', 'doubled');
const act = fc.record({ by: fc.constantFrom('client', 'server'), kind: fc.constantFrom('send', 'update'), fate });

describe('key updates', () => {
  test('by either side begin the same epoch at both, and messages go on in both directions', async () => {
    const pair = new Pair();
    for (const [at, from] of [pair.client, pair.server, pair.server].entries()) {
      expect(await pair.update(from)).toBe('accepted');
      expect(pair.epochs()).toEqual([at + 1, at + 1]);
      expect(await pair.send(pair.client)).toBe('accepted');
      expect(await pair.send(pair.server)).toBe('accepted');
    }
  });

  test('at the same moment settle: the client’s stands', async () => {
    const pair = new Pair();
    expect(await Promise.all([pair.update(pair.client), pair.update(pair.server)])).toEqual(['accepted', 'accepted']);
    expect(pair.epochs()).toEqual([1, 1]);
    expect(await pair.send(pair.client)).toBe('accepted');
    expect(await pair.send(pair.server)).toBe('accepted');
  });

  test('whatever interleaves, is lost or doubled: both come to one epoch, and no request is delivered twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(act, { minLength: 1, maxLength: 5 }), { maxLength: 6 }), async (batches) => {
        const pair = new Pair();
        for (const batch of batches) {
          await Promise.all(
            batch.map(({ by, kind, fate: how }) =>
              kind === 'send' ? pair.send(pair[by], how) : pair.update(pair[by], how),
            ),
          );
        }
        // What was not answered is asked for again, as an agent does before it sends.
        for (const end of [pair.client, pair.server]) {
          if (end.updates.own !== undefined) expect(await pair.update(end)).toBe('accepted');
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
    const pair = new Pair();
    const nonce = encodeBase64(platform.random(16));
    const message = { message_type: 'REQUEST', request_id: 'late', method: 'echo', parameters: null, nonce };
    const [early, late] = [
      await encryptMessage(pair.context, pair.client, message),
      await encryptMessage(pair.context, pair.client, message),
    ];
    await pair.update(pair.client);
    const receive = (body: Bytes) => refusal(() => decryptMessage(pair.context, pair.server, readEnvelope(body)));
    pair.seconds += oldEpochSeconds - 1;
    expect(await receive(early)).toBe('accepted');
    expect(await receive(early)).toBe('replayed_message');
    pair.seconds += 1;
    expect(await receive(late)).toBe('unknown_epoch');
  });

  test('of an older epoch are refused: under its keys a thief would know the result', async () => {
    const pair = new Pair();
    const stolen = pair.client.live(pair.seconds).epoch;
    await pair.update(pair.client);
    const message = {
      message_type: 'KEY_UPDATE',
      request_id: 'thief',
      key_shares: {
        x25519: encodeBase64(platform.random(32)),
        ml_kem_768: encodeBase64((await platform.kem.generate()).encapsulationKey),
      },
      nonce: encodeBase64(platform.random(16)),
    };
    const send = () =>
      sendEncryptedMessage(pair.context, pair.client, message, pair.post(pair.client, 'arrives'), stolen);
    expect(await refusal(send)).toBe('unknown_epoch');
    expect(pair.epochs()).toEqual([1, 1]);
  });

  test('that were not answered leave nothing behind when the session ends', async () => {
    const pair = new Pair();
    expect(await pair.update(pair.client, 'answer lost')).toBe('peer_unreachable');
    expect(pair.client.updates.own).toBeDefined();
    for (const end of [pair.client, pair.server]) {
      end.end('CLOSED');
      expect([end.updates.own, end.updates.peers]).toEqual([undefined, undefined]);
      expect(end.epochOf(0, pair.seconds)).toBeUndefined();
    }
  });

  test('that are overdue stop data, and nothing else', async () => {
    const pair = new Pair();
    pair.seconds += 2 * updateAfter.seconds - 1;
    expect(await pair.send(pair.client)).toBe('accepted');
    expect(pair.client.live(pair.seconds).epoch.due(pair.seconds)).toBe('due');
    pair.seconds += 1;
    expect(await pair.send(pair.client)).toBe('unknown_epoch');
    expect(await pair.update(pair.client)).toBe('accepted');
    expect(await pair.send(pair.client)).toBe('accepted');
    for (let sent = 0; sent < updateAfter.messages / 2 - 1; sent += 1) await pair.send(pair.client);
    expect(pair.client.live(pair.seconds).epoch.due(pair.seconds)).toBe('due');
  });
});

test('a KEY_UPDATE is answered by its request_id, also after later updates, and begins nothing again', async () => {
  const pair = new Pair();
  const bodies: Bytes[] = [];
  const asked = async () => {
    const post = pair.post(pair.client, 'arrives');
    await updateKeys(
      pair.context,
      pair.client,
      () => `update-${bodies.length}`,
      async (body) => {
        bodies.push(body);
        return post(body);
      },
    );
  };
  const answers = new Map<string, unknown>();
  const repeat = async (request_id: string) => {
    const { epoch } = pair.client.live(clock);
    const made = { message_type: 'KEY_UPDATE', request_id, nonce: encodeBase64(platform.random(16)) };
    const { publicKey } = await generateX25519(platform.subtle);
    const { encapsulationKey } = await platform.kem.generate();
    const key_shares = { x25519: encodeBase64(publicKey), ml_kem_768: encodeBase64(encapsulationKey) };
    const { value } = await sendEncryptedMessage(
      pair.context,
      pair.client,
      { ...made, key_shares },
      pair.post(pair.client, 'arrives'),
      epoch,
    );
    return value;
  };
  await asked();
  answers.set('update-0', await repeat('update-0'));
  await asked();
  await asked();
  expect(pair.epochs()).toEqual([3, 3]);
  expect(await repeat('update-0')).toEqual(answers.get('update-0'));
  expect(await repeat('update-1')).toMatchObject({ status: 'SUCCESS', request_id: 'update-1' });
  expect(pair.epochs()).toEqual([3, 3]);
  expect(await pair.send(pair.client)).toBe('accepted');
});

test('a KEY_UPDATE begins nothing again, however many have followed it', async () => {
  const pair = new Pair();
  const ask = async (request_id: string) => {
    const { publicKey } = await generateX25519(platform.subtle);
    const { encapsulationKey } = await platform.kem.generate();
    const key_shares = { x25519: encodeBase64(publicKey), ml_kem_768: encodeBase64(encapsulationKey) };
    const message = { message_type: 'KEY_UPDATE', request_id, key_shares, nonce: encodeBase64(platform.random(16)) };
    const { epoch } = pair.client.live(clock);
    return refusal(() =>
      sendEncryptedMessage(pair.context, pair.client, message, pair.post(pair.client, 'arrives'), epoch),
    );
  };
  let made = 0;
  const updates = 70;
  for (; made < updates; made++) {
    await updateKeys(pair.context, pair.client, () => `update-${made}`, pair.post(pair.client, 'arrives'));
  }
  expect(pair.epochs()).toEqual([updates, updates]);
  for (const id of ['update-0', 'update-1', 'update-5']) expect(await ask(id)).toBe('unknown_epoch');
  expect(await ask(`update-${updates - 1}`)).toBe('accepted');
  expect(pair.epochs()).toEqual([updates, updates]);
  expect(await pair.send(pair.client)).toBe('accepted');
});

test('a KEY_UPDATE that met the other side’s is answered so when it is repeated, and begins nothing', async () => {
  const pair = new Pair();
  const conflict = async () => {
    const { publicKey } = await generateX25519(platform.subtle);
    const { encapsulationKey } = await platform.kem.generate();
    const key_shares = { x25519: encodeBase64(publicKey), ml_kem_768: encodeBase64(encapsulationKey) };
    const nonce = encodeBase64(platform.random(16));
    const message = { message_type: 'KEY_UPDATE', request_id: 'late', key_shares, nonce };
    const post = pair.post(pair.server, 'arrives');
    return (await sendEncryptedMessage(pair.context, pair.server, message, post)).value;
  };
  expect(await pair.update(pair.client, 'request lost')).toBe('peer_unreachable');
  const expected = { status: 'ERROR', error: { code: 'key_update_conflict' } };
  expect(await conflict()).toMatchObject(expected);
  expect(await pair.update(pair.client)).toBe('accepted');
  expect(await conflict()).toMatchObject(expected);
  expect(pair.epochs()).toEqual([1, 1]);
});

test('a request in a session whose keys are overdue is refused before it runs', async () => {
  const pair = new Pair();
  pair.seconds += 2 * updateAfter.seconds;
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
    const pair = new Pair();
    const { publicKey } = await generateX25519(platform.subtle);
    const { encapsulationKey } = await platform.kem.generate();
    const shares = { x25519: encodeBase64(publicKey), ml_kem_768: encodeBase64(encapsulationKey) };
    const update = (id: string, key_shares: Record<string, string>) =>
      refusal(() =>
        sendEncryptedMessage(
          pair.context,
          pair.client,
          {
            message_type: 'KEY_UPDATE',
            request_id: id,
            key_shares,
            nonce: encodeBase64(platform.random(16)),
          },
          pair.post(pair.client, 'arrives'),
        ),
      );
    expect(await update('bad', { ...shares, [share]: encodeBase64(bad) })).toBe('key_exchange_failed');
    expect(pair.epochs()).toEqual([0, 0]);
    expect(await pair.send(pair.client)).toBe('accepted');
    expect(await update('bad', shares)).toBe('accepted');
    expect(pair.server.epochNumber).toBe(1);
  });
});
