import type { Bytes } from '../bytes.ts';
import { open } from '../crypto/aead.ts';
import { unixSeconds } from '../crypto/environment.ts';
import { ParleyError } from '../errors.ts';
import { checkFreshness } from '../handshake/freshness.ts';
import { ScratchBuffer } from '../scratch-buffer.ts';
import { StepRecorder } from '../trace/step-recorder.ts';
import { readPlaintext } from '../wire/attachment.ts';
import { readBinaryEnvelope } from '../wire/binary-envelope.ts';
import type { Envelope } from '../wire/envelope.ts';
import type { EnvelopeForm, MessageBody } from '../wire/envelope-form.ts';
import { headerJcs } from '../wire/envelope-header.ts';
import { readJsonEnvelope } from '../wire/json-envelope.ts';
import { label } from '../wire/label.ts';
import { type Parsed, parseMessage } from '../wire/parse.ts';
import { type Payload, payload } from '../wire/payload.ts';
import type { Epoch } from './epoch/epoch.ts';
import { checkEnvelopeSignature, ivFor } from './header.ts';
import type { MessageContext } from './message-context.ts';
import type { Session } from './session.ts';

/** Reads a body as an envelope, in the form that its content-type says; throws `message_too_large` or `malformed_message`. */
export function readEnvelope({ form, bytes }: MessageBody): ReceivedEnvelope {
  const value = form === 'binary' ? readBinaryEnvelope(bytes) : readJsonEnvelope(bytes);
  return { value, form };
}

/** An envelope as it came; nothing of it is checked. */
export interface ReceivedEnvelope {
  readonly value: Envelope;
  readonly form: EnvelopeForm;
}

/** An envelope of the session's peer, signed by it and of this time, that is not decrypted yet. */
export interface CheckedEnvelope extends ReceivedEnvelope {
  /** H(iv || ciphertext || tag), 32 bytes: what the signature covers beside the header. */
  readonly digest: Bytes;
  /** The keys of its epoch, as they were held when it came. */
  readonly held: Epoch | undefined;
  /**
   * True when the peer sends in the next epoch already: the answer that begins it here is on its way, or was lost. Whoever has this
   * side's key update under way settles it before `openEnvelope`.
   */
  readonly isOfNextEpoch: boolean;
}

/** A decrypted message, the JSON and the bytes beside it that it came as, and the form and epoch it came in. */
export interface ReceivedPayload extends Parsed<Payload> {
  readonly attachment: Bytes | undefined;
  readonly form: EnvelopeForm;
  readonly epoch: Epoch;
}

/**
 * Checks session, sender, timestamp and signature of an envelope, in this order (protocol page, section 4). Throws `unknown_session`,
 * `session_expired`, `session_closed`, `identity_mismatch`, `stale_timestamp` or `signature_invalid`. Nothing is changed.
 */
export async function checkEnvelope(
  { environment, observe }: MessageContext,
  session: Session,
  { value, form }: ReceivedEnvelope,
): Promise<CheckedEnvelope> {
  const steps = new StepRecorder(environment, observe, 'ENVELOPE');
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
  const digest = await steps.check('signature', () =>
    checkEnvelopeSignature(environment.subtle, peerSigningKey, value),
  );
  return { value, form, digest, held, isOfNextEpoch: value.epoch === session.epochNumber + 1 };
}

/**
 * Checks epoch and sequence of an envelope whose other checks have passed, and decrypts it (protocol page, section 4). Throws
 * `unknown_epoch`, `replayed_message`, `decryption_failed`, `malformed_message` or `message_too_large`, and `session_expired` or `session_closed`; a refused
 * envelope changes no state, and the replay window moves only after the tag has verified.
 */
export async function openEnvelope(
  context: MessageContext,
  session: Session,
  { value, form, digest, held }: CheckedEnvelope,
): Promise<ReceivedPayload> {
  const { environment, observe } = context;
  const steps = new StepRecorder(environment, observe, 'ENVELOPE');
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
  const plaintext = await steps.check('decryption', () => decrypt(context, epoch, value));
  // Another copy of this envelope may have passed the look-up while this one was being decrypted.
  if (!epoch.mark(value.sequence)) steps.checkNow('sequence', refuseReplayed);
  const { json, attachment } = readPlaintext(plaintext);
  const received = parseMessage(payload, json);
  if (context.witness !== undefined) {
    const { session_id, sender_id, epoch: number, sequence, timestamp, signature } = value;
    const named = { session_id, sender_id, epoch: number, sequence, timestamp };
    context.witness({ direction: 'received', header: named, digest, signature, payload: received.json });
  }
  return { ...received, attachment, form, epoch };
}

async function decrypt({ environment }: MessageContext, epoch: Epoch, value: Envelope): Promise<Bytes> {
  const { subtle } = environment;
  const sealed = value.encrypted_payload;
  const expected = ivFor(epoch.receiveIv, value.sequence);
  const same = expected.every((byte, i) => byte === sealed.iv[i]);
  const opened = same
    ? await ScratchBuffer.use((scratch) =>
        open(subtle, epoch.receiveKey, sealed, scratch.concat(label('message'), headerJcs(value))),
      )
    : undefined;
  if (opened === undefined) throw new ParleyError('decryption_failed', 'The message does not decrypt.');
  return opened;
}

function refuseReplayed(): never {
  throw new ParleyError('replayed_message', 'This envelope was received before, or is too old to tell.');
}
