import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bytes } from '../bytes.ts';
import { concat } from '../bytes.ts';
import { signEd25519 } from '../crypto/ed25519.ts';
import type { Environment } from '../crypto/environment.ts';
import { sha256 } from '../crypto/hash.ts';
import type { ErrorCode } from '../errors.ts';
import type { Established } from '../handshake/established.ts';
import { limits } from '../limits.ts';
import { encryptMessage } from '../session/encrypt-message.ts';
import { readEnvelope } from '../session/envelope.ts';
import { Session } from '../session/session.ts';
import { unobserved } from '../trace/events.ts';
import { decodeBase64, encodeBase64 } from '../wire/base64.ts';
import { canonicalBytes } from '../wire/canonical.ts';
import type { JsonObject, JsonValue } from '../wire/json.ts';
import { label } from '../wire/label.ts';
import { clock, makeAgent, runHandshake, testEnvironment } from './testing/fixture.ts';
import { asJson, decryptMessage } from './testing/messages.ts';
import {
  dropped,
  duplicated,
  memberAt,
  membersOf,
  type Path,
  readBody,
  refusal,
  replaced,
  withByteChanged,
  writeBody,
} from './testing/tamper.ts';

let environment: Environment;
let ends: { readonly client: Established; readonly server: Established };
let otherEnds: { readonly client: Established; readonly server: Established };
let sender: Session;
let receiver: Session;

beforeAll(async () => {
  environment = await testEnvironment();
  const client = await makeAgent('traveller_001');
  const server = await makeAgent('helper_agent_001');
  ends = await runHandshake(environment, client, server);
  otherEnds = await runHandshake(environment, client, server);
});

// Each test has a session of its own whose counters and window stand at their beginning.
beforeEach(() => {
  sender = new Session(ends.client);
  receiver = new Session(ends.server);
});

async function send(from: Session, id: number): Promise<Bytes> {
  const nonce = encodeBase64(environment.random(16));
  const request = { message_type: 'REQUEST', request_id: `request-${id}`, method: 'echo', parameters: { id }, nonce };
  return (await encryptMessage({ environment, observe: unobserved }, from, request)).bytes;
}

/** The code an envelope is refused with at `to`; `accepted` otherwise. */
function deliver(to: Session, body: Bytes): Promise<ErrorCode | 'accepted'> {
  return refusal(() => decryptMessage({ environment, observe: unobserved }, to, readEnvelope(asJson(body))));
}

const sealedParts = ['iv', 'ciphertext', 'tag'] as const;
const leaves: readonly Path[] = [
  ['session_id'],
  ['sender_id'],
  ['epoch'],
  ['sequence'],
  ['timestamp'],
  ...sealedParts.map((part): Path => ['encrypted_payload', part]),
  ['signature'],
];

/** Another value of the same form for a member of an envelope. */
function another(path: Path, value: JsonValue): fc.Arbitrary<JsonValue> {
  switch (path[0]) {
    case 'session_id':
      return fc.stringMatching(/^[0-9a-f]{32}$/).filter((other) => other !== value);
    case 'sender_id':
      return fc.stringMatching(/^[a-z][a-z0-9_]{2,62}$/).filter((other) => other !== value);
    case 'epoch':
    case 'sequence':
      return fc.oneof(fc.nat(2_000), fc.maxSafeNat()).filter((other) => other !== value);
    case 'timestamp':
      return fc.integer({ min: clock - 300, max: clock + 300 }).filter((other) => other !== value);
    default:
      return fc
        .tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))
        .map(([position, difference]) => withByteChanged(value, position, difference));
  }
}

const onTheWire: Record<string, ErrorCode> = { session_id: 'unknown_session', sender_id: 'identity_mismatch' };
// What the header says is authenticated by the ciphertext too, and the IV is computed, not taken.
const bySender: Record<string, ErrorCode> = { ...onTheWire, epoch: 'unknown_epoch' };

/** The envelope signed anew by the session's own sender. */
async function signedAnew(message: JsonObject): Promise<JsonObject> {
  const { session_id, sender_id, epoch, sequence, timestamp } = message;
  const header = canonicalBytes(JSON.parse(JSON.stringify({ session_id, sender_id, epoch, sequence, timestamp })));
  const sealed = sealedParts.map((part) => decodeBase64(String(memberAt(message, ['encrypted_payload', part]))));
  const hash = await sha256(environment.subtle, concat(...sealed));
  const signature = await signEd25519(
    environment.subtle,
    ends.client.signingKey,
    concat(label('message signature'), header, hash),
  );
  return { ...message, signature: encodeBase64(signature) };
}

/** A member of `message` and another value for it. */
function change(message: JsonObject) {
  return fc
    .constantFrom(...leaves)
    .chain((path) => another(path, memberAt(message, path)).map((value) => ({ path, value })));
}

describe('an envelope on its way', () => {
  it('is refused by the first check that sees a changed member, and the genuine one is accepted once', async () => {
    const body = await send(sender, 1);
    const message = readBody(body);
    await fc.assert(
      fc.asyncProperty(change(message), async ({ path, value }) => {
        const changed = writeBody(replaced(message, path, value));
        expect(await deliver(receiver, changed)).toBe(onTheWire[path[0]] ?? 'signature_invalid');
      }),
      { numRuns: 500 },
    );
    expect(await deliver(receiver, body)).toBe('accepted');
    expect(await deliver(receiver, body)).toBe('replayed_message');
  });

  it('is refused when its own sender signed a changed member, and moves no window', async () => {
    const body = await send(sender, 1);
    const message = readBody(body);
    const headerAndSealed = leaves.filter(([name]) => name !== 'signature');
    await fc.assert(
      fc.asyncProperty(
        fc
          .constantFrom(...headerAndSealed)
          .chain((path) => another(path, memberAt(message, path)).map((value) => ({ path, value }))),
        async ({ path, value }) => {
          const changed = await signedAnew(replaced(message, path, value));
          expect(await deliver(receiver, writeBody(changed))).toBe(bySender[path[0]] ?? 'decryption_failed');
        },
      ),
      { numRuns: 300 },
    );
    expect(await deliver(receiver, body)).toBe('accepted');
  });

  it('is stale outside the freshness window', async () => {
    const message = readBody(await send(sender, 1));
    const outside = fc.oneof(fc.nat(clock - 301), fc.integer({ min: clock + 301, max: 2 * clock }));
    await fc.assert(
      fc.asyncProperty(outside, async (timestamp) => {
        expect(await deliver(receiver, writeBody({ ...message, timestamp }))).toBe('stale_timestamp');
      }),
    );
  });

  it('is malformed without any of its members, with one twice, or with one more', async () => {
    const body = await send(sender, 1);
    const message = readBody(body);
    for (const path of membersOf(message)) {
      expect(await deliver(receiver, writeBody(dropped(message, path))), path.join('.')).toBe('malformed_message');
      expect(await deliver(receiver, duplicated(message, path)), path.join('.')).toBe('malformed_message');
      expect(await deliver(receiver, writeBody(replaced(message, path, null))), path.join('.')).toBe(
        'malformed_message',
      );
    }
    expect(await deliver(receiver, writeBody({ ...message, extensions: {} }))).toBe('malformed_message');
    expect(await deliver(receiver, body)).toBe('accepted');
  });

  it('is accepted with its members in any order', async () => {
    const message = readBody(await send(sender, 1));
    expect(await deliver(receiver, writeBody(Object.fromEntries(Object.entries(message).toReversed())))).toBe(
      'accepted',
    );
  });
});

describe('an envelope elsewhere', () => {
  it('is unknown in another session of the same agents, and forged there under that session’s name', async () => {
    const body = await send(sender, 1);
    const elsewhere = new Session(otherEnds.server);
    expect(await deliver(elsewhere, body)).toBe('unknown_session');
    const renamed = writeBody({ ...readBody(body), session_id: otherEnds.server.id });
    expect(await deliver(elsewhere, renamed)).toBe('signature_invalid');
    expect(await deliver(elsewhere, await send(new Session(otherEnds.client), 1))).toBe('accepted');
    expect(await deliver(receiver, body)).toBe('accepted');
  });

  it('is not its sender’s peer’s when it is sent back', async () => {
    const body = await send(sender, 1);
    expect(await deliver(sender, body)).toBe('identity_mismatch');
    const renamed = writeBody({ ...readBody(body), sender_id: ends.server.self });
    expect(await deliver(sender, renamed)).toBe('signature_invalid');
    expect(await deliver(sender, await send(receiver, 1))).toBe('accepted');
  });
});

describe('envelopes in any order', () => {
  it('are each accepted once while they are within the window of 1,024', async () => {
    const total = limits.replayWindow + 200;
    const bodies: Bytes[] = [];
    for (let id = 0; id < total; id++) bodies.push(await send(sender, id));
    // A step forward anywhere, or so far back from the newest that it is about to leave the window.
    const step = fc.oneof(
      fc.nat(total - 1).map((sequence) => () => sequence),
      fc.integer({ min: -1, max: 1 }).map((off) => (newest: number) => Math.max(0, newest - limits.replayWindow + off)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 24 }), async (order) => {
        const fresh = new Session(ends.server);
        const seen = new Set<number>();
        let newest = -1;
        for (const next of order) {
          const sequence = next(newest);
          const accepts = !seen.has(sequence) && sequence > newest - limits.replayWindow;
          expect(await deliver(fresh, bodies[sequence] ?? new Uint8Array())).toBe(
            accepts ? 'accepted' : 'replayed_message',
          );
          if (!accepts) continue;
          seen.add(sequence);
          newest = Math.max(newest, sequence);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('are accepted once when copies arrive at the same time', async () => {
    const body = await send(sender, 1);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => deliver(receiver, body)));
    expect(outcomes.toSorted()).toEqual(['accepted', ...Array.from({ length: 7 }, () => 'replayed_message')]);
  });
});
