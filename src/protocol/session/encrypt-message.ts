import type { Bytes } from '../bytes.ts';
import { seal } from '../crypto/aead.ts';
import { signEd25519 } from '../crypto/ed25519.ts';
import { unixSeconds } from '../crypto/environment.ts';
import { ParleyError } from '../errors.ts';
import { limits } from '../limits.ts';
import { encodeUtf8, ScratchBuffer } from '../scratch-buffer.ts';
import { StepRecorder } from '../trace/step-recorder.ts';
import { encodeBase64 } from '../wire/base64.ts';
import { canonicalText } from '../wire/canonical.ts';
import type { JsonObject } from '../wire/json.ts';
import { label } from '../wire/label.ts';
import { paddingFor } from '../wire/padding.ts';
import type { Epoch } from './epoch/epoch.ts';
import { hashSealed, headerJcs, ivFor } from './header.ts';
import type { MessageContext } from './message-context.ts';
import type { Session } from './session.ts';

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
  const steps = new StepRecorder(environment, observe, 'ENVELOPE');
  return steps.operation('encrypt_message', async () => {
    const timestamp = unixSeconds(environment);
    const { epoch: newest, signingKey } = session.live(timestamp);
    const epoch = given ?? newest;
    if (isData) requireFresh(epoch, timestamp);
    const { header, headerText, sealing } = ScratchBuffer.use((scratch) => {
      const unpadded = scratch.concat(text);
      const plaintext = scratch.concat(unpadded, paddingFor(unpadded.length));
      if (4 * Math.ceil(plaintext.length / 3) + 1_024 > limits.messageBody) {
        throw new ParleyError(
          'message_too_large',
          `An encrypted message may have at most ${limits.messageBody} bytes.`,
        );
      }
      const sequence = epoch.takeSequence();
      const header = { session_id: session.id, sender_id: session.self, epoch: epoch.number, sequence, timestamp };
      const headerText = headerJcs(header);
      const aad = scratch.concat(label('message'), headerText);
      return {
        header,
        headerText,
        sealing: seal(subtle, epoch.sendKey, ivFor(epoch.sendIv, sequence), aad, plaintext),
      };
    });
    const sealed = await sealing;
    const hash = await hashSealed(subtle, sealed);
    const signature = await ScratchBuffer.use((scratch) =>
      signEd25519(subtle, signingKey, scratch.concat(label('message signature'), headerText, hash)),
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
