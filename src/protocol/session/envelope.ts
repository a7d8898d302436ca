import type { AgentId, Bytes, SessionId } from '../bytes.ts';
import { open, type Sealed, seal } from '../crypto/aead.ts';
import { type Ed25519VerifyKey, signEd25519, verifyEd25519 } from '../crypto/ed25519.ts';
import { type Environment, unixSeconds } from '../crypto/environment.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Subtle } from '../crypto/subtle.ts';
import { ParleyError } from '../errors.ts';
import { checkFreshness } from '../handshake/freshness.ts';
import { limits } from '../limits.ts';
import { encodeUtf8, withGathered } from '../scratch-buffer.ts';
import type { Observer } from '../trace/events.ts';
import { Steps } from '../trace/steps.ts';
import { encodeBase64 } from '../wire/base64.ts';
import { canonicalText } from '../wire/canonical.ts';
import { type Envelope, envelope } from '../wire/envelope.ts';
import type { JsonObject } from '../wire/json.ts';
import { label } from '../wire/label.ts';
import { type Parsed, parseMessage, parseObject } from '../wire/parse.ts';
import { type Payload, payload } from '../wire/payload.ts';
import { shapes } from '../wire/shapes.ts';
import type { Epoch } from './epoch.ts';
import { paddingFor } from './padding.ts';
import type { Session } from './session.ts';

/** What a session's messages are handed. */
export interface MessageContext {
  readonly environment: Environment;
  readonly observe: Observer;
  /** Told of each envelope that was made or accepted. It must not throw. */
  readonly witness?: Witness;
}

/** An envelope's evidence, and what it says. Unlike a trace event it holds a plaintext: it belongs in no trace, log or error. */
export interface WitnessedEnvelope {
  readonly direction: 'sent' | 'received';
  readonly header: Header;
  /** H(iv || ciphertext || tag), 32 bytes. */
  readonly digest: Bytes;
  /** 64 bytes: Ed25519 of the sender over the header and the digest. */
  readonly signature: Bytes;
  readonly payload: JsonObject;
}

/** Keeps evidence of the messages of a session. */
export type Witness = (envelope: WitnessedEnvelope) => void;

/** The members of an envelope that the AAD and the signature cover by name. */
export interface Header {
  readonly session_id: SessionId;
  readonly sender_id: AgentId;
  readonly epoch: number;
  readonly sequence: number;
  readonly timestamp: number;
}

/** What a message is besides its payload. */
export interface Sending {
  /** The epoch to send it in; the newest unless given. */
  readonly epoch?: Epoch;
  /** False for what a session may say when its keys are overdue: key updates and its end. */
  readonly isData?: boolean;
}

/**
 * Encrypts, numbers and signs one payload (protocol page, section 4): the body to post. Throws `session_expired`,
 * `session_closed`, `unknown_epoch` when a key update is overdue, or `message_too_large` before a sequence number is spent.
 */
export async function encryptMessage(
  context: MessageContext,
  session: Session,
  message: JsonObject,
  { epoch: given, isData = true }: Sending = {},
): Promise<Bytes> {
  const { environment, observe } = context;
  const { subtle } = environment;
  const text = canonicalText(message);
  const steps = new Steps(environment, observe, 'ENVELOPE');
  return steps.operation('encrypt_message', async () => {
    const timestamp = unixSeconds(environment);
    const { epoch: newest, signingKey } = session.live(timestamp);
    const epoch = given ?? newest;
    if (isData) requireFresh(epoch, timestamp);
    const { header, headerText, sealing } = withGathered((gather) => {
      const unpadded = gather(text);
      const plaintext = gather(unpadded, paddingFor(unpadded.length));
      if (4 * Math.ceil(plaintext.length / 3) + 1_024 > limits.messageBody) {
        throw new ParleyError(
          'message_too_large',
          `An encrypted message may have at most ${limits.messageBody} bytes.`,
        );
      }
      const sequence = epoch.takeSequence();
      const header = { session_id: session.id, sender_id: session.self, epoch: epoch.number, sequence, timestamp };
      const headerText = headerJcs(header);
      const aad = gather(label('message'), headerText);
      return {
        header,
        headerText,
        sealing: seal(subtle, epoch.sendKey, ivFor(epoch.sendIv, sequence), aad, plaintext),
      };
    });
    const sealed = await sealing;
    const hash = await hashSealed(subtle, sealed);
    const signature = await withGathered((gather) =>
      signEd25519(subtle, signingKey, gather(label('message signature'), headerText, hash)),
    );
    context.witness?.({ direction: 'sent', header, digest: hash, signature, payload: message });
    const { iv, ciphertext, tag } = sealed;
    // Written out, because JSON.stringify would search base64 for characters to escape.
    const encryptedPayload = `{"iv":"${encodeBase64(iv)}","ciphertext":"${encodeBase64(ciphertext)}","tag":"${encodeBase64(tag)}"}`;
    return encodeUtf8(
      `${headerText.slice(0, -1)},"encrypted_payload":${encryptedPayload},"signature":"${encodeBase64(signature)}"}`,
    );
  });
}

function requireFresh(epoch: Epoch, now: number): void {
  if (epoch.due(now) !== 'overdue') return;
  throw new ParleyError('unknown_epoch', 'The keys of this session are overdue for an update. Connect again.');
}

/** Throws `unknown_epoch` when a session sends no more data, because a key update is overdue at `now` (Unix seconds; protocol page, section 4). */
export function requireNotOverdue(session: Session, now: number): void {
  requireFresh(session.live(now).epoch, now);
}

/** Reads a body as an envelope; throws `message_too_large` or `malformed_message`. */
export function readEnvelope(body: Uint8Array): Parsed<Envelope> {
  return parseMessage(envelope, parseObject(body, limits.messageBody, shapes.envelope));
}

/** A decrypted message, the JSON it came as, and the epoch it came in. */
export interface ReceivedPayload extends Parsed<Payload> {
  readonly epoch: Epoch;
}

/**
 * Checks an envelope in the protocol's order and decrypts it (protocol page, section 4). Throws the codes listed there; a
 * refused envelope changes no state, and the replay window moves only after the tag has verified.
 */
export async function decryptMessage(
  context: MessageContext,
  session: Session,
  { value }: Parsed<Envelope>,
): Promise<ReceivedPayload> {
  const { environment, observe } = context;
  const { subtle } = environment;
  const steps = new Steps(environment, observe, 'ENVELOPE');
  const now = unixSeconds(environment);
  const { peerSigningKey } = steps.checkNow('session', () => {
    if (value.session_id !== session.id) {
      throw new ParleyError('unknown_session', 'The message belongs to another session.');
    }
    return session.live(now);
  });
  steps.checkNow('sender', () => {
    if (value.sender_id !== session.peer.agentId) {
      throw new ParleyError('identity_mismatch', 'The sender is not the peer of this session.');
    }
  });
  steps.checkNow('timestamp', () => checkFreshness(value.timestamp, now));
  const held = session.epochOf(value.epoch, now);
  const sealed = value.encrypted_payload;
  const header = headerJcs(value);
  const digest = await steps.check('signature', () => checkEnvelopeSignature(subtle, peerSigningKey, value));
  if (value.epoch === session.epochNumber + 1) await settledUpdate(session);
  const epoch = steps.checkNow('epoch', () => {
    // What another copy of this envelope said may have ended the session or the epoch meanwhile: this one is a replay all the same.
    if (held?.accepts(value.sequence) === false) return held;
    const later = unixSeconds(environment);
    session.live(later);
    const found = session.epochOf(value.epoch, later);
    if (found === undefined)
      throw new ParleyError('unknown_epoch', 'The keys of this epoch are erased. Connect again.');
    return found;
  });
  steps.checkNow('sequence', () => {
    if (!epoch.accepts(value.sequence)) refuseReplayed();
  });
  const plaintext = await steps.check('decryption', async () => {
    const expected = ivFor(epoch.receiveIv, value.sequence);
    const same = expected.every((byte, i) => byte === sealed.iv[i]);
    const opened = same
      ? await withGathered((gather) => open(subtle, epoch.receiveKey, sealed, gather(label('message'), header)))
      : undefined;
    if (opened === undefined) throw new ParleyError('decryption_failed', 'The message does not decrypt.');
    return opened;
  });
  // Another copy of this envelope may have passed the look-up while this one was being decrypted.
  if (!epoch.mark(value.sequence)) steps.checkNow('sequence', refuseReplayed);
  requireSpacesOnly(plaintext);
  const received = parseMessage(payload, parseObject(plaintext, limits.messageBody));
  if (context.witness !== undefined) {
    const { session_id, sender_id, epoch: number, sequence, timestamp, signature } = value;
    const named = { session_id, sender_id, epoch: number, sequence, timestamp };
    context.witness({ direction: 'received', header: named, digest, signature, payload: received.json });
  }
  return { ...received, epoch };
}

/** Nothing but spaces may stand behind the payload, which is an object: JSON itself would allow other white space too. */
function requireSpacesOnly(plaintext: Bytes): void {
  let end = plaintext.length;
  while (end > 0 && plaintext[end - 1] === space) end -= 1;
  if (plaintext[end - 1] !== closeBrace) {
    throw new ParleyError('malformed_message', 'The payload is not a JSON object followed by spaces.');
  }
}

const space = 0x20;
const closeBrace = 0x7d;

/** H(iv || ciphertext || tag). Throws `signature_invalid` unless the envelope's Ed25519 signature covers it (protocol page, section 4). */
export async function checkEnvelopeSignature(
  subtle: Subtle,
  peerSigningKey: Ed25519VerifyKey,
  value: Envelope,
): Promise<Bytes> {
  const hash = await hashSealed(subtle, value.encrypted_payload);
  if (!(await isSignedHeader(subtle, peerSigningKey, value, hash, value.signature))) {
    throw new ParleyError('signature_invalid', 'The signature does not cover this message. Nothing was decrypted.');
  }
  return hash;
}

/** Whether a sender's Ed25519 `signature` covers a header and the `digest` of what was encrypted (protocol page, section 4). */
export function isSignedHeader(
  subtle: Subtle,
  signingKey: Ed25519VerifyKey,
  header: Header,
  digest: Bytes,
  signature: Bytes,
): Promise<boolean> {
  return withGathered((gather) =>
    verifyEd25519(subtle, signingKey, gather(signature), gather(label('message signature'), headerJcs(header), digest)),
  );
}

/** The peer may send in the next epoch before the answer has come that begins it here, or when that answer was lost. */
async function settledUpdate({ updates }: Session): Promise<void> {
  const settling = updates.underWay ?? (updates.own === undefined ? undefined : updates.retry?.());
  await settling?.catch(() => undefined);
}

function refuseReplayed(): never {
  throw new ParleyError('replayed_message', 'This envelope was received before, or is too old to tell.');
}

/** JCS(header), written out: its members in their canonical order, none of which JSON has to escape. */
function headerJcs({ session_id, sender_id, epoch, sequence, timestamp }: Header): string {
  return `{"epoch":${epoch},"sender_id":"${sender_id}","sequence":${sequence},"session_id":"${session_id}","timestamp":${timestamp}}`;
}

/** `H(iv || ciphertext || tag)` */
function hashSealed(subtle: Subtle, { iv, ciphertext, tag }: Sealed): Promise<Bytes> {
  return withGathered((gather) => sha256(subtle, gather(iv, ciphertext, tag)));
}

/** Returns `iv` itself, which was the direction's IV, XOR the sequence as a 12-byte big-endian integer. */
function ivFor(iv: Bytes, sequence: number): Bytes {
  let rest = sequence;
  for (let at = iv.length - 1; rest > 0; at--) {
    iv[at] = (iv[at] ?? 0) ^ (rest % 256);
    rest = Math.floor(rest / 256);
  }
  return iv;
}
