import { sha256 } from '../../crypto/hash.ts';
import type { Subtle } from '../../crypto/subtle.ts';
import { generateX25519, x25519 } from '../../crypto/x25519.ts';
import { ParleyError } from '../../errors.ts';
import { encodeUtf8 } from '../../scratch-buffer.ts';
import { Steps } from '../../trace/steps.ts';
import { encodeBase64 } from '../../wire/base64.ts';
import type { JsonObject } from '../../wire/json.ts';
import { type KeyUpdatePayload, readKeyUpdateResult } from '../../wire/payload.ts';
import type { MessageContext } from '../envelope.ts';
import type { Epoch } from '../epoch.ts';
import type { Session } from '../session.ts';
import type { KeyUpdates, MadeUpdate } from '../update-state.ts';
import { beginNextEpoch } from './next-epoch.ts';

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
  const name = await nameOf(context.environment.subtle, request_id);
  if (updates.peers?.requestId === request_id) return updates.peers.response;
  const earlier = updates.answered?.get(request_id);
  if (earlier !== undefined) return earlier;
  if (updates.ran?.has(name) === true) {
    throw new ParleyError('unknown_epoch', 'This key update ran before, and the epoch that it began has ended.');
  }
  // Another one of the peer's may be at work in this very epoch: only one of them ends it.
  await updates.peers?.response.catch(() => undefined);
  if (received.epoch.number !== session.epochNumber) {
    throw new ParleyError('unknown_epoch', 'A key update belongs in the newest epoch.');
  }
  if (updates.own?.epoch === received.epoch && session.role === 'client') {
    const error = {
      code: 'key_update_conflict',
      detail: 'Both sides started a key update. The one of the session’s client wins.',
    };
    const conflict = { message_type: 'RESPONSE', request_id, status: 'ERROR', error };
    remember(updates, request_id, name, conflict);
    return conflict;
  }
  if ((updates.ran?.size ?? 0) >= mostUpdates) {
    throw new ParleyError('unknown_epoch', 'This session has updated its keys too often. Connect again.');
  }
  const response = answer(context, session, received);
  const peers = { requestId: request_id, response, isAtWork: true };
  updates.peers = peers;
  try {
    const answered = await response;
    remember(updates, request_id, name, answered);
    return answered;
  } catch (error) {
    updates.peers = undefined;
    throw error;
  } finally {
    peers.isAtWork = false;
  }
}

/** Updates of one peer in one session whose answers are remembered: one that was lost is asked for again within an epoch or two. */
const mostAnswers = 64;
/** Updates of one peer in one session, each of which is remembered to have run; with 1,000 messages a second it has 3,600 in its hour. */
const mostUpdates = 16_384;

function remember(updates: KeyUpdates, requestId: string, name: number, response: JsonObject): void {
  updates.answered ??= new Map();
  updates.ran ??= new Set();
  const oldest = updates.answered.keys().next();
  if (updates.answered.size >= mostAnswers && oldest.done !== true) updates.answered.delete(oldest.value);
  updates.answered.set(requestId, response);
  updates.ran.add(name);
}

/** The first 48 bits of a request_id's SHA-256, as a number: a name that costs as much memory for the longest id as for any other. */
async function nameOf(subtle: Subtle, requestId: string): Promise<number> {
  const hash = await sha256(subtle, encodeUtf8(requestId));
  return hash.subarray(0, 6).reduce((name, byte) => 256 * name + byte, 0);
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
