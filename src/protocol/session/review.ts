import type { Bytes } from '../bytes.ts';
import { unixSeconds } from '../environment.ts';
import { ParleyError } from '../errors.ts';
import { checkFreshness, Steps } from '../handshake/checks.ts';
import type { Earlier } from '../handshake/review.ts';
import { importSessionSigningKey } from '../handshake/session-secrets.ts';
import { clientHello, serverHello } from '../wire/handshake-messages.ts';
import { limits } from '../wire/limits.ts';
import { parseMessage, parseObject } from '../wire/parse.ts';
import { checkEnvelopeSignature, type MessageContext, readEnvelope } from './envelope.ts';

/**
 * Runs the checks of section 4 that need no secret on a copy of an envelope: session, sender, time and signature. `genuine`
 * is the envelope that was accepted. Rejects with the code of the first that fails.
 */
export async function reviewEnvelope(
  { environment, observe }: MessageContext,
  copy: Bytes,
  genuine: Bytes,
  { clientHello: first, serverHello: second }: Earlier,
): Promise<void> {
  const steps = new Steps(environment, observe, 'ENVELOPE');
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
  if (first === undefined || second === undefined) {
    throw new ParleyError(
      'invalid_input',
      'The hellos of this session are not recorded, so its signing keys are not known.',
    );
  }
  const hellos = [
    parseMessage(clientHello, parseObject(first, limits.handshakeBody)),
    parseMessage(serverHello, parseObject(second, limits.handshakeBody)),
  ];
  const sender = hellos.find((hello) => hello.value.sender_id === value.sender_id);
  await steps.check('signature', async () => {
    if (sender === undefined) throw new ParleyError('identity_mismatch', 'The sender is not the peer of this session.');
    const key = await importSessionSigningKey(environment.subtle, sender.value.session_signing_key);
    await checkEnvelopeSignature(environment.subtle, key, value);
  });
}
