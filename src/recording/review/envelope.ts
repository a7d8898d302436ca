import type { Bytes } from '../../protocol/bytes.ts';
import { importEd25519Key } from '../../protocol/crypto/ed25519.ts';
import { unixSeconds } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { checkFreshness } from '../../protocol/handshake/freshness.ts';
import { readEnvelope } from '../../protocol/session/envelope.ts';
import { checkEnvelopeSignature } from '../../protocol/session/header.ts';
import type { MessageContext } from '../../protocol/session/message-context.ts';
import { StepRecorder } from '../../protocol/trace/step-recorder.ts';
import type { MessageBody } from '../../protocol/wire/envelope-form.ts';
import { clientHello, serverHello } from '../../protocol/wire/handshake-messages.ts';
import { parseHandshakeObject, parseMessage } from '../../protocol/wire/parse.ts';
import { resumeAccept, resumeHello } from '../../protocol/wire/resumption-messages.ts';
import type { Earlier } from './handshake.ts';

/** A copy of an envelope and the one that was accepted, in one form; both lack the end of their ciphertext unless they are whole. */
export interface EnvelopeReview {
  readonly copy: MessageBody;
  readonly genuine: MessageBody;
  readonly isWhole: boolean;
}

/**
 * Runs the checks of the protocol page, section 4, that need no secret on a copy of an envelope: session, sender, time and, of one that is
 * whole, signature. Rejects with the code of the first that fails.
 */
export async function reviewEnvelope(
  { environment, observe }: MessageContext,
  { copy, genuine, isWhole }: EnvelopeReview,
  earlier: Earlier,
): Promise<void> {
  const steps = new StepRecorder(environment, observe, 'ENVELOPE');
  const { value } = await steps.check('shape', () => readEnvelope(copy));
  const expected = readEnvelope(genuine).value;
  await steps.check('session', () => {
    if (value.session_id !== expected.session_id)
      throw new ParleyError('unknown_session', 'The message belongs to another session.');
  });
  await steps.check('sender', () => {
    if (value.sender_id !== expected.sender_id)
      throw new ParleyError('identity_mismatch', 'The sender is not the peer of this session.');
  });
  await steps.check('timestamp', () => checkFreshness(value.timestamp, unixSeconds(environment)));
  if (!isWhole) return;
  const signingKey = signingKeyOf(value.sender_id, earlier);
  const key = await importEd25519Key(environment.subtle, signingKey);
  await steps.check('signature', () => checkEnvelopeSignature(environment.subtle, key, value));
}

/**
 * Returns the sender's session signing key, which the earlier messages name. Throws `invalid_input` when none of them
 * is recorded.
 */
function signingKeyOf(senderId: string, earlier: Earlier): Bytes {
  const { clientHello: first, serverHello: second, resumeHello: hello, resumeAccept: accept } = earlier;
  const keys = new Map<string, Bytes>();
  if (first !== undefined) {
    const { sender_id, session_signing_key } = parseMessage(clientHello, read(first)).value;
    keys.set(sender_id, session_signing_key);
  }
  if (second !== undefined) {
    const { sender_id, session_signing_key } = parseMessage(serverHello, read(second)).value;
    keys.set(sender_id, session_signing_key);
  }
  if (hello !== undefined) {
    const { sender_id, recipient_id, session_signing_key } = parseMessage(resumeHello, read(hello)).value;
    keys.set(sender_id, session_signing_key);
    if (accept !== undefined)
      keys.set(recipient_id, parseMessage(resumeAccept, read(accept)).value.session_signing_key);
  }
  const key = keys.get(senderId);
  if (key === undefined) {
    throw new ParleyError(
      'invalid_input',
      'The hello of its sender is not recorded, so the key that signs its messages is not known.',
    );
  }
  return key;
}

const read = (body: Bytes) => parseHandshakeObject(body);
