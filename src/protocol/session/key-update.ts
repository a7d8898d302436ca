import { generateX25519, x25519 } from '../crypto/x25519.ts';
import { ParleyError } from '../errors.ts';
import { Steps } from '../handshake/checks.ts';
import { encodeBase64 } from '../wire/base64.ts';
import type { JsonObject } from '../wire/json.ts';
import { type KeyUpdatePayload, readKeyUpdateResult } from '../wire/payload.ts';
import type { MessageContext } from './envelope.ts';
import type { Epoch } from './epoch.ts';
import type { MadeUpdate } from './key-updates.ts';
import { beginNextEpoch } from './next-epoch.ts';
import type { Session } from './session.ts';

/** Makes a KEY_UPDATE (protocol page, section 4). */
export async function makeKeyUpdate({ environment, observe }: MessageContext, requestId: string): Promise<MadeUpdate> {
  const { subtle, kem, random } = environment;
  const [shares, kemPair] = await new Steps(environment, observe, 'ENVELOPE').operation('make_update_shares', () =>
    Promise.all([generateX25519(subtle), kem.generate()]),
  );
  const message = {
    message_type: 'KEY_UPDATE',
    request_id: requestId,
    key_shares: { x25519: encodeBase64(shares.publicKey), ml_kem_768: encodeBase64(kemPair.encapsulationKey) },
    nonce: encodeBase64(random(16)),
  };
  return { message, shares, kem: kemPair };
}

/**
 * Begins the next epoch with the peer's answer to this side's KEY_UPDATE. When the peer's own has begun it meanwhile, nothing
 * is left to do. Throws `key_exchange_failed` or `malformed_message`.
 */
export async function finishKeyUpdate(
  context: MessageContext,
  session: Session,
  epoch: Epoch,
  own: MadeUpdate,
  response: { readonly json: JsonObject; readonly result: unknown },
): Promise<void> {
  const { environment } = context;
  const { subtle } = environment;
  const result = readKeyUpdateResult(response.result);
  if (result === undefined)
    throw new ParleyError('malformed_message', 'The answer to the key update has no key shares.');
  const { key_shares: theirs } = result;
  const secrets = await Promise.all([
    x25519(subtle, own.shares.privateKey, theirs.x25519),
    own.kem.decapsulate(theirs.ml_kem_768),
  ]);
  await beginNextEpoch(context, session, { epoch, request: own.message, response: response.json, secrets, by: 'self' });
}

/**
 * The RESPONSE to a peer's KEY_UPDATE; the next epoch has begun when it is there. A repeated one gets the same answer and
 * begins nothing. Throws `unknown_epoch` for a new one that is not in the newest epoch, and `key_exchange_failed`.
 */
export async function answerKeyUpdate(
  context: MessageContext,
  session: Session,
  received: { readonly value: KeyUpdatePayload; readonly json: JsonObject; readonly epoch: Epoch },
): Promise<JsonObject> {
  const { updates } = session;
  const { request_id } = received.value;
  if (updates.peers?.requestId === request_id) return updates.peers.response;
  const earlier = updates.answered?.get(request_id);
  if (earlier !== undefined) return earlier;
  // Another one of the peer's may be at work in this very epoch: only one of them ends it.
  await updates.peers?.response.catch(() => undefined);
  if (received.epoch.number !== session.epochNumber) {
    throw new ParleyError('unknown_epoch', 'A key update belongs in the newest epoch.');
  }
  if (updates.own?.epoch === received.epoch && session.role === 'client') {
    const error = {
      code: 'key_update_conflict',
      detail: 'Both sides started a key update. The one of the session’s client stands.',
    };
    return { message_type: 'RESPONSE', request_id, status: 'ERROR', error };
  }
  const response = answer(context, session, received);
  const peers = { requestId: request_id, response, isAtWork: true };
  updates.peers = peers;
  try {
    const answered = await response;
    updates.answered ??= new Map();
    remember(updates.answered, request_id, answered);
    return answered;
  } catch (error) {
    updates.peers = undefined;
    throw error;
  } finally {
    peers.isAtWork = false;
  }
}

/** Updates of one peer in one session whose answers are remembered; a session has some seven in its hour. */
const mostRemembered = 64;

function remember(answered: Map<string, JsonObject>, requestId: string, response: JsonObject): void {
  const oldest = answered.keys().next();
  if (answered.size >= mostRemembered && oldest.done !== true) answered.delete(oldest.value);
  answered.set(requestId, response);
}

async function answer(
  context: MessageContext,
  session: Session,
  { value, json, epoch }: { readonly value: KeyUpdatePayload; readonly json: JsonObject; readonly epoch: Epoch },
): Promise<JsonObject> {
  const { environment, observe } = context;
  const { subtle, kem } = environment;
  const { x25519: theirShare, ml_kem_768: theirKey } = value.key_shares;
  const [shares, encapsulated] = await new Steps(environment, observe, 'ENVELOPE').operation('make_update_shares', () =>
    Promise.all([generateX25519(subtle), kem.encapsulate(theirKey)]),
  );
  const response = {
    message_type: 'RESPONSE',
    request_id: value.request_id,
    status: 'SUCCESS',
    result: {
      key_shares: { x25519: encodeBase64(shares.publicKey), ml_kem_768: encodeBase64(encapsulated.ciphertext) },
    },
  };
  const secrets = [await x25519(subtle, shares.privateKey, theirShare), encapsulated.secret] as const;
  await beginNextEpoch(context, session, { epoch, request: json, response, secrets, by: 'peer' });
  return response;
}
