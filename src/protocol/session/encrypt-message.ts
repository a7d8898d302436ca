import type { Bytes } from '../bytes.ts';
import { seal } from '../crypto/aead.ts';
import { signEd25519 } from '../crypto/ed25519.ts';
import { unixSeconds } from '../crypto/environment.ts';
import { sha256 } from '../crypto/hash.ts';
import { ParleyError } from '../errors.ts';
import { limits } from '../limits.ts';
import { ScratchBuffer } from '../scratch-buffer.ts';
import { StepRecorder } from '../trace/step-recorder.ts';
import { announcing, plaintextOf } from '../wire/attachment.ts';
import { BinaryEnvelopeDraft } from '../wire/binary-envelope.ts';
import { canonicalText } from '../wire/canonical.ts';
import { encodeJsonEnvelope } from '../wire/envelope.ts';
import type { EnvelopeForm, MessageBody } from '../wire/envelope-form.ts';
import { headerJcs } from '../wire/envelope-header.ts';
import type { JsonObject } from '../wire/json.ts';
import { label } from '../wire/label.ts';
import type { Epoch } from './epoch/epoch.ts';
import { hashSealed, ivFor } from './header.ts';
import type { MessageContext } from './message-context.ts';
import type { Session } from './session.ts';

/** What a message is besides its payload. */
export interface Sending {
  /** The epoch to send it in; the newest unless given. */
  readonly epoch?: Epoch;
  /** False for what a session may say when its keys are overdue: key updates and its end. */
  readonly isData?: boolean;
  /** The bytes beside the payload. The member `attachment` is put in for them. */
  readonly attachment?: Bytes | undefined;
  /** The form to write it in: that of the request, for an answer. Else binary for what is large, where the peer reads that. */
  readonly form?: EnvelopeForm;
}

/**
 * Encrypts, numbers and signs one payload (protocol page, section 4): the body to post. Throws `session_expired`,
 * `session_closed`, `unknown_epoch` when a key update is overdue, or `message_too_large` before a sequence number is spent.
 */
export async function encryptMessage(
  context: MessageContext,
  session: Session,
  message: JsonObject,
  { epoch: given, isData = true, attachment, form: asked }: Sending = {},
): Promise<MessageBody> {
  const { environment, observe } = context;
  const { subtle } = environment;
  const payload = attachment === undefined ? message : announcing(message, attachment);
  const text = canonicalText(payload);
  const steps = new StepRecorder(environment, observe, 'ENVELOPE');
  return steps.operation('encrypt_message', async () => {
    const timestamp = unixSeconds(environment);
    const { epoch: newest, signingKey } = session.live(timestamp);
    const epoch = given ?? newest;
    if (isData) requireFresh(epoch, timestamp);
    const { header, headerText, sealing, form } = ScratchBuffer.use((scratch) => {
      const plaintext = plaintextOf(scratch, text, attachment);
      const form = asked ?? context.form ?? formFor(session, Math.max(plaintext.length, answerLength(message)));
      const sequence = epoch.takeSequence();
      const header = { session_id: session.id, sender_id: session.self, epoch: epoch.number, sequence, timestamp };
      const headerText = headerJcs(header);
      const aad = scratch.concat(label('message'), headerText);
      const iv = ivFor(epoch.sendIv, sequence);
      return { header, headerText, form, sealing: seal(subtle, epoch.sendKey, iv, aad, plaintext) };
    });
    const sealed = await sealing;
    const draft = form === 'binary' ? new BinaryEnvelopeDraft(headerText, sealed) : undefined;
    const hash = await (draft === undefined ? hashSealed(subtle, sealed) : sha256(subtle, draft.covered()));
    const signature = await ScratchBuffer.use((scratch) =>
      signEd25519(subtle, signingKey, scratch.concat(label('message signature'), headerText, hash)),
    );
    context.witness?.({ direction: 'sent', header, digest: hash, signature, payload });
    return { form, bytes: draft?.signed(signature) ?? encodeJsonEnvelope(headerText, sealed, signature) };
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

/** Returns the bytes that the answer may have, as far as the message says it: an answer takes the form of its request (protocol page, section 4.1). */
function answerLength({ message_type, max_bytes }: JsonObject): number {
  return message_type === 'STREAM_READ' && typeof max_bytes === 'number' ? max_bytes : 0;
}

/** Returns the form of what nobody has asked for in one: JSON for everything that is short, so that what a person captures can be read. */
function formFor({ peerExtensions }: Session, length: number): EnvelopeForm {
  return peerExtensions?.binary === true && length >= limits.binaryFrom ? 'binary' : 'json';
}
