import { generateX25519, x25519 } from '../../crypto/x25519.ts';
import type { Role } from '../../handshake/key-schedule.ts';
import { StepRecorder } from '../../trace/step-recorder.ts';
import { encodeBase64 } from '../../wire/base64.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { KeyUpdatePayload } from '../../wire/payload.ts';
import type { Epoch } from '../epoch/epoch.ts';
import { deriveNextEpoch, type KeyUpdateContext, type NextEpoch } from './next-epoch.ts';

/** A KEY_UPDATE of the peer's, and the epoch that it came in. */
export interface ReceivedUpdate {
  readonly value: KeyUpdatePayload;
  readonly json: JsonObject;
  readonly epoch: Epoch;
}

/** Returns the RESPONSE to a peer's KEY_UPDATE and the epoch that both begin with it (protocol page, section 4). Throws `key_exchange_failed`. */
export async function respondToKeyUpdate(
  context: KeyUpdateContext,
  role: Role,
  { value, json, epoch }: ReceivedUpdate,
): Promise<{ readonly response: JsonObject; readonly next: NextEpoch }> {
  const { environment, observe } = context;
  const { subtle, kem } = environment;
  const { x25519: theirShare, ml_kem_768: theirKey } = value.key_shares;
  const [shares, encapsulated] = await new StepRecorder(environment, observe, 'ENVELOPE').operation(
    'make_update_shares',
    () => Promise.all([generateX25519(subtle), kem.encapsulate(theirKey)]),
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
  const next = await deriveNextEpoch(context, { epoch, role, request: json, response, secrets, by: 'peer' });
  return { response, next };
}

/** Returns the RESPONSE to a KEY_UPDATE that met one of the session client's, which stands (protocol page, section 4). */
export function conflictWith(request_id: string): JsonObject {
  const error = {
    code: 'key_update_conflict',
    detail: 'Both sides started a key update. The one of the session’s client wins.',
  };
  return { message_type: 'RESPONSE', request_id, status: 'ERROR', error };
}
