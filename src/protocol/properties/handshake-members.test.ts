import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Bytes } from '../bytes.ts';
import type { ErrorCode } from '../errors.ts';
import { handleServerHello, handleSessionEstablished } from '../handshake/full/initiator.ts';
import { handleClientConfirm, handleClientHello } from '../handshake/full/responder.ts';
import { readHandshake } from '../handshake/received.ts';
import { encodeBase64 } from '../wire/base64.ts';
import type { JsonObject, JsonValue } from '../wire/json.ts';
import { accepting, clock, makeAgent, runHandshake, type TestAgent, testEnvironment } from './testing/fixture.ts';
import { another, illFormed, type MessageType, types } from './testing/other-values.ts';
import {
  dropped,
  duplicated,
  isOfExtensions,
  memberAt,
  membersOf,
  type Path,
  readBody,
  refusal,
  replaced,
  writeBody,
} from './testing/tamper.ts';
import { wireJson } from './testing/wire-json.ts';

/** One message of a handshake that is under way, and the step that waits for it. */
interface Waiting {
  readonly message: JsonObject;
  /** Hands a body to the step that waits for this message. */
  readonly hand: (body: Bytes) => Promise<unknown>;
  /** How much the receiver remembers. */
  readonly remembered: () => number;
}

let waiting: Record<MessageType, Waiting>;
let stranger: TestAgent;

beforeAll(async () => {
  const environment = await testEnvironment();
  const [client, server, other] = await Promise.all(
    ['traveller_001', 'helper_agent_001', 'mallory_agent'].map(makeAgent),
  );
  if (client === undefined || server === undefined || other === undefined) throw new TypeError('three agents');
  stranger = other;
  const run = await runHandshake(environment, client, server);
  // The receivers of the changed messages have seen nothing of this handshake yet, and know the stranger too.
  const atClient = accepting(environment, server, other);
  const atServer = accepting(environment, client, other);
  const remembered = () =>
    atClient.memory.nonces.size +
    atClient.memory.sessions.size +
    atServer.memory.nonces.size +
    atServer.memory.sessions.size;
  const wait = (body: Bytes, hand: Waiting['hand']) => ({ message: readBody(body), hand, remembered });
  waiting = {
    CLIENT_HELLO: wait(run.hello.body, (body) => handleClientHello(atServer, server.own, readHandshake(body))),
    SERVER_HELLO: wait(run.answer.body, (body) => handleServerHello(atClient, run.hello.state, body)),
    CLIENT_CONFIRM: wait(run.confirm.body, (body) =>
      handleClientConfirm(atServer, run.answer.state, readHandshake(body)),
    ),
    SESSION_ESTABLISHED: wait(run.established.body, (body) =>
      handleSessionEstablished(atClient, run.confirm.state, body),
    ),
  };
});

/** What a change of a member to another value of its own form is called: the first check of the table that can see it. */
const changedMember: Record<MessageType, Record<string, ErrorCode>> = {
  CLIENT_HELLO: {
    message_type: 'malformed_message',
    protocol: 'unsupported_protocol',
    session_id: 'signature_invalid',
    nonce: 'signature_invalid',
    timestamp: 'signature_invalid',
    sender_id: 'identity_mismatch',
    recipient_id: 'wrong_recipient',
    'my_certificate.signing': 'certificate_untrusted',
    'my_certificate.encryption': 'certificate_untrusted',
    recipient_key_id: 'stale_recipient_key',
    encrypted_session_key: 'signature_invalid',
    'key_shares.x25519': 'signature_invalid',
    'key_shares.ml_kem_768': 'signature_invalid',
    session_signing_key: 'signature_invalid',
    'extensions.envelopes': 'signature_invalid',
    'extensions.payloads': 'signature_invalid',
    signature: 'signature_invalid',
  },
  SERVER_HELLO: {
    message_type: 'malformed_message',
    protocol: 'unsupported_protocol',
    session_id: 'session_conflict',
    nonce: 'signature_invalid',
    timestamp: 'signature_invalid',
    sender_id: 'identity_mismatch',
    recipient_id: 'wrong_recipient',
    'my_certificate.signing': 'certificate_untrusted',
    'my_certificate.encryption': 'certificate_untrusted',
    recipient_key_id: 'stale_recipient_key',
    encrypted_session_key: 'signature_invalid',
    'key_shares.x25519': 'signature_invalid',
    'key_shares.ml_kem_768': 'signature_invalid',
    session_signing_key: 'signature_invalid',
    'extensions.envelopes': 'signature_invalid',
    'extensions.payloads': 'signature_invalid',
    'challenge.iv': 'signature_invalid',
    'challenge.ciphertext': 'signature_invalid',
    'challenge.tag': 'signature_invalid',
    signature: 'signature_invalid',
  },
  CLIENT_CONFIRM: {
    message_type: 'malformed_message',
    session_id: 'session_conflict',
    'challenge_response.iv': 'signature_invalid',
    'challenge_response.ciphertext': 'signature_invalid',
    'challenge_response.tag': 'signature_invalid',
    signature: 'signature_invalid',
  },
  SESSION_ESTABLISHED: {
    message_type: 'malformed_message',
    session_id: 'session_conflict',
    expires_at: 'confirmation_failed',
    confirmation: 'confirmation_failed',
  },
};

/** A member, what it is changed to, and what that is refused with. */
interface Change {
  readonly path: Path;
  readonly value: JsonValue;
  readonly code: ErrorCode;
}

/** Makes every change to a message on its way; nothing may be remembered of what was refused. */
async function everyRefusal(
  type: MessageType,
  changes: (message: JsonObject) => fc.Arbitrary<Change>,
  numRuns: number,
): Promise<void> {
  const { message, hand, remembered } = waiting[type];
  await fc.assert(
    fc.asyncProperty(changes(message), async ({ path, value, code }) => {
      const before = remembered();
      expect(await refusal(() => hand(writeBody(replaced(message, path, value))))).toBe(code);
      expect(remembered()).toBe(before);
    }),
    { numRuns },
  );
}

describe.each(types)('%s on its way', (type) => {
  it('names a code for every member it has', () => {
    const leaves = membersOf(waiting[type].message).filter((path) => {
      const value = memberAt(waiting[type].message, path);
      return typeof value !== 'object' || Array.isArray(value);
    });
    expect(Object.keys(changedMember[type]).toSorted()).toEqual(leaves.map((path) => path.join('.')).toSorted());
  });

  it('is refused by the first check that sees a changed member', async () => {
    await everyRefusal(
      type,
      (message) =>
        fc.oneof(
          ...Object.entries(changedMember[type]).map(([name, code]) => {
            const path = pathOf(name);
            return another(path, memberAt(message, path)).map((value) => ({ path, value, code }));
          }),
        ),
      400,
    );
  });

  it('is malformed without any one of its members', async () => {
    for (const path of membersOf(waiting[type].message)) {
      const { message, hand } = waiting[type];
      const code = isOfExtensions(path) ? 'signature_invalid' : 'malformed_message';
      expect(await refusal(() => hand(writeBody(dropped(message, path)))), path.join('.')).toBe(code);
    }
  });

  it('is malformed with any one of its members twice', async () => {
    for (const path of membersOf(waiting[type].message)) {
      const { message, hand } = waiting[type];
      expect(await refusal(() => hand(duplicated(message, path))), path.join('.')).toBe('malformed_message');
    }
  });

  it('is malformed with a member of another form', async () => {
    await everyRefusal(
      type,
      (message) =>
        fc.constantFrom(...membersOf(message).filter((path) => !isOfExtensions(path))).chain((path) =>
          illFormed(memberAt(message, path)).map((value) => ({
            path,
            value,
            code: path[0] === 'protocol' && typeof value === 'string' ? 'unsupported_protocol' : 'malformed_message',
          })),
        ),
      300,
    );
  });

  it('is malformed with a member that the protocol does not know', async () => {
    await everyRefusal(
      type,
      (message) =>
        fc
          .tuple(fc.string(), wireJson())
          .filter(([name]) => !Object.hasOwn(message, name) && name !== 'extensions' && name !== '__proto__')
          .map(([name, value]) => ({
            path: [name],
            value,
            code: 'malformed_message',
          })),
      100,
    );
  });

  it('is malformed where another message is awaited', async () => {
    for (const other of types) {
      if (other === type) continue;
      expect(await refusal(() => waiting[other].hand(writeBody(waiting[type].message)))).toBe('malformed_message');
    }
  });
});

describe.each(['CLIENT_HELLO', 'SERVER_HELLO'] as const)('%s on its way', (type) => {
  it('is stale outside the freshness window', async () => {
    await everyRefusal(
      type,
      () =>
        fc
          .oneof(fc.integer({ min: 0, max: clock - 301 }), fc.integer({ min: clock + 301, max: 2 * clock }))
          .map((value) => ({ path: ['timestamp'], value, code: 'stale_timestamp' })),
      50,
    );
  });

  it('is of another sender with the certificates of somebody else', async () => {
    const { message, hand } = waiting[type];
    const my_certificate = {
      signing: encodeBase64(stranger.own.certificates.signing),
      encryption: encodeBase64(stranger.own.certificates.encryption),
    };
    expect(await refusal(() => hand(writeBody({ ...message, my_certificate })))).toBe('identity_mismatch');
    const claimed = { ...message, my_certificate, sender_id: stranger.own.agentId };
    expect(await refusal(() => hand(writeBody(claimed)))).toBe(
      // The initiator knows whom it called; the responder takes a call from anybody, who then has to have signed it.
      type === 'SERVER_HELLO' ? 'identity_mismatch' : 'signature_invalid',
    );
  });

  it('is covered by its signature with everything in its extensions', async () => {
    await everyRefusal(
      type,
      () =>
        fc
          .dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.integer())
          .map((value) => ({ path: ['extensions'], value, code: 'signature_invalid' })),
      30,
    );
  });
});

// Last, because these are accepted: what was refused above has changed nothing.
describe.each(types)('%s as it was sent', (type) => {
  it('is still accepted, with its members in any order', async () => {
    const { message, hand } = waiting[type];
    const [members] = fc.sample(
      fc.shuffledSubarray(Object.entries(message), { minLength: Object.keys(message).length }),
      1,
    );
    expect(await refusal(() => hand(writeBody(Object.fromEntries(members ?? []))))).toBe('accepted');
  });
});

function pathOf(name: string): Path {
  const [outer = '', inner] = name.split('.');
  return inner === undefined ? [outer] : [outer, inner];
}
