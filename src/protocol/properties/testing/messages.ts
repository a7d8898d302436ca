import type { Bytes } from '../../bytes.ts';
import { checkEnvelope, openEnvelope, type ReceivedEnvelope, type ReceivedPayload } from '../../session/envelope.ts';
import type { MessageContext } from '../../session/message-context.ts';
import type { Session } from '../../session/session.ts';
import type { MessageBody } from '../../wire/envelope-form.ts';

/** The body of an envelope that is JSON. */
export function asJson(bytes: Bytes): MessageBody {
  return { form: 'json', bytes };
}

/** Checks and decrypts an envelope while no key update is under way. */
export async function decryptMessage(
  context: MessageContext,
  session: Session,
  envelope: ReceivedEnvelope,
): Promise<ReceivedPayload> {
  return openEnvelope(context, session, await checkEnvelope(context, session, envelope));
}
