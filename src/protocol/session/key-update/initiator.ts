import type { KemKeyPair } from '../../crypto/kem.ts';
import { generateX25519, type X25519Pair, x25519 } from '../../crypto/x25519.ts';
import { isWireCode, ParleyError } from '../../errors.ts';
import type { Role } from '../../handshake/key-schedule.ts';
import { StepRecorder } from '../../trace/step-recorder.ts';
import { encodeBase64 } from '../../wire/base64.ts';
import type { JsonObject, JsonValue } from '../../wire/json.ts';
import type { Parsed } from '../../wire/parse.ts';
import { type ResponsePayload, readKeyUpdateResult } from '../../wire/payload.ts';
import type { Epoch } from '../epoch/epoch.ts';
import { deriveNextEpoch, type KeyUpdateContext, type NextEpoch } from './next-epoch.ts';

/** The plaintext of a KEY_UPDATE. */
export type KeyUpdateMessage = JsonObject & { readonly request_id: string };

/** A KEY_UPDATE that this side has made, and the private halves of its shares. It is repeated word for word until it is answered. */
export interface MadeUpdate {
  readonly message: KeyUpdateMessage;
  readonly shares: X25519Pair;
  readonly kem: KemKeyPair;
}

/** Makes a KEY_UPDATE with fresh shares (protocol page, section 4). */
export async function makeKeyUpdate(
  { environment, observe }: KeyUpdateContext,
  requestId: string,
): Promise<MadeUpdate> {
  const { subtle, kem, random } = environment;
  const [shares, kemPair] = await new StepRecorder(environment, observe, 'ENVELOPE').operation(
    'make_update_shares',
    () => Promise.all([generateX25519(subtle), kem.generate()]),
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
 * Returns the epoch that a RESPONSE to this side's KEY_UPDATE begins, or undefined when the peer's own update stands instead
 * (protocol page, section 4). Throws `key_exchange_failed` for a refusal or bad shares, and `malformed_message`.
 */
export async function nextEpochOf(
  context: KeyUpdateContext,
  role: Role,
  { epoch, made }: { readonly epoch: Epoch; readonly made: MadeUpdate },
  { value, json }: Parsed<ResponsePayload>,
): Promise<NextEpoch | undefined> {
  if (value.status !== 'SUCCESS') {
    if (value.status === 'ERROR' && codeOf(value.error) === 'key_update_conflict') return undefined;
    throw new ParleyError('key_exchange_failed', 'The peer has refused to update the keys. Connect again.');
  }
  const result = readKeyUpdateResult(value.result);
  if (result === undefined) {
    throw new ParleyError('malformed_message', 'The answer to the key update has no key shares.');
  }
  const { key_shares: theirs } = result;
  const secrets = await Promise.all([
    x25519(context.environment.subtle, made.shares.privateKey, theirs.x25519),
    made.kem.decapsulate(theirs.ml_kem_768),
  ]);
  return deriveNextEpoch(context, { epoch, role, request: made.message, response: json, secrets, by: 'self' });
}

function codeOf(error: JsonValue): string | undefined {
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return undefined;
  const code: unknown = Object.entries(error).find(([name]) => name === 'code')?.[1];
  return isWireCode(code) ? code : undefined;
}
