import { checkEnvelope, openEnvelope, type ReceivedPayload } from '../../session/envelope.ts';
import type { MessageContext } from '../../session/message-context.ts';
import type { Session } from '../../session/session.ts';
import type { Envelope } from '../../wire/envelope.ts';
import type { Parsed } from '../../wire/parse.ts';

/** Checks and decrypts an envelope while no key update is under way. */
export async function decryptMessage(
  context: MessageContext,
  session: Session,
  envelope: Parsed<Envelope>,
): Promise<ReceivedPayload> {
  return openEnvelope(context, session, await checkEnvelope(context, session, envelope));
}
