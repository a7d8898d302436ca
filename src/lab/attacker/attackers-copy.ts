import type { Bytes, TranscriptHash } from '../../protocol/bytes.ts';
import { concat } from '../../protocol/bytes.ts';
import { open } from '../../protocol/crypto/aead.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { Transcript } from '../../protocol/handshake/transcript.ts';
import { limits } from '../../protocol/limits.ts';
import { readEnvelope } from '../../protocol/session/envelope.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import { clientHello, serverHello } from '../../protocol/wire/handshake-messages.ts';
import { label } from '../../protocol/wire/label.ts';
import { parseMessage, parseObject } from '../../protocol/wire/parse.ts';
import type { LabMessage } from '../run/scenario.ts';
import { bodyOf } from './attacks.ts';

const encoder = new TextEncoder();

/** What the attacker reads out of a recording of one session. */
export interface RecordedSession {
  /** RSA-OAEP ciphertexts of the client's and the server's session key. */
  readonly encrypted: { readonly client: Bytes; readonly server: Bytes };
  readonly th3: TranscriptHash;
  /** The first envelope of the client. */
  readonly envelope: string;
}

/** Reads a recording; everything in it is public. */
export async function readRecording(subtle: Subtle, log: readonly LabMessage[]): Promise<RecordedSession> {
  const parse = (kind: LabMessage['kind']) =>
    parseObject(encoder.encode(bodyOf(log, kind) ?? ''), limits.handshakeBody);
  const hello = parse('CLIENT_HELLO');
  const answer = parse('SERVER_HELLO');
  const th1 = await (await Transcript.start(subtle)).with(hello);
  const th2 = await th1.with(answer);
  return {
    encrypted: {
      client: parseMessage(clientHello, hello).value.encrypted_session_key,
      server: parseMessage(serverHello, answer).value.encrypted_session_key,
    },
    th3: (await th2.with(parse('CLIENT_CONFIRM'))).hash,
    envelope: bodyOf(log, 'ENVELOPE') ?? '',
  };
}

/** Tries a key on an envelope: its text, or undefined when the tag does not verify. */
export async function tryToDecrypt(subtle: Subtle, key: CryptoKey, envelope: string): Promise<string | undefined> {
  const { session_id, sender_id, epoch, sequence, timestamp, encrypted_payload } = readEnvelope({
    form: 'json',
    bytes: encoder.encode(envelope),
  }).value;
  const header = canonicalBytes({ session_id, sender_id, epoch, sequence, timestamp });
  const text = await open(subtle, key, encrypted_payload, concat(label('message'), header));
  return text === undefined ? undefined : new TextDecoder().decode(text).trimEnd();
}
