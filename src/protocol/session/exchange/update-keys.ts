import type { Bytes } from '../../bytes.ts';
import { unixSeconds } from '../../crypto/environment.ts';
import { isWireCode, ParleyError } from '../../errors.ts';
import type { JsonValue } from '../../wire/json.ts';
import type { MessageContext } from '../envelope.ts';
import { finishKeyUpdate, makeKeyUpdate } from '../key-update/answer.ts';
import type { Session } from '../session.ts';
import { type Answer, sendEncryptedMessage } from './exchange.ts';

/**
 * Brings a session into its next epoch by a KEY_UPDATE (protocol page, section 4): once for all who ask at the same time, and by
 * the very same message as before when an earlier one was not answered. Also done when the peer's own update has begun the next
 * epoch, or will. Throws what posting and decrypting throw; then it can be asked for again.
 */
export function updateKeys(
  context: MessageContext,
  session: Session,
  newRequestId: () => string,
  post: (body: Bytes) => Promise<Answer>,
): Promise<void> {
  const { updates } = session;
  updates.underWay ??= runUpdate(context, session, newRequestId, post).finally(() => {
    updates.underWay = undefined;
  });
  return updates.underWay;
}

async function runUpdate(...given: Parameters<typeof updateKeys>): Promise<void> {
  const [context, session, newRequestId, post] = given;
  const { updates } = session;
  if (updates.peers?.isAtWork === true) {
    await updates.peers.response;
    return;
  }
  const { epoch } = session.live(unixSeconds(context.environment));
  // Set in the same step as the look above: from here on, a peer's update in this epoch meets a conflict.
  if (updates.own?.epoch !== epoch) updates.own = { epoch, made: makeKeyUpdate(context, newRequestId()) };
  const { own } = updates;
  try {
    const made = await own.made;
    const { json, value } = await sendEncryptedMessage(context, session, made.message, post, epoch);
    if (value.status === 'SUCCESS') {
      await finishKeyUpdate(context, session, epoch, made, { json, result: value.result });
    } else if (codeOf(value.error) !== 'key_update_conflict') {
      throw new ParleyError('key_exchange_failed', 'The peer has refused to update the keys. Connect again.');
    }
    updates.own = undefined;
  } catch (error) {
    if (session.epochNumber === epoch.number) throw error;
    updates.own = undefined;
  }
}

function codeOf(error: JsonValue): string | undefined {
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return undefined;
  const code: unknown = Object.entries(error).find(([name]) => name === 'code')?.[1];
  return isWireCode(code) ? code : undefined;
}
