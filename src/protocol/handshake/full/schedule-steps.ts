import type { TranscriptHash } from '../../bytes.ts';
import type { Subtle } from '../../crypto/subtle.ts';
import type { StepRecorder } from '../../trace/step-recorder.ts';
import { fingerprintHandshakeKeys, fingerprintSecrets, fingerprintSessionKeys } from '../fingerprints.ts';
import {
  combineSecrets,
  deriveHandshakeKeys,
  deriveSessionKeys,
  type HandshakeKeys,
  type HandshakeSecrets,
  type Role,
  type SessionKeys,
} from '../key-schedule.ts';

/** Runs the first half of the key schedule, observed: `ikm`, which takes the secrets over, and the handshake keys. */
export async function scheduleHandshakeKeys(
  steps: StepRecorder,
  subtle: Subtle,
  role: Role,
  { secrets, thKeys }: { readonly secrets: HandshakeSecrets; readonly thKeys: TranscriptHash },
): Promise<{ readonly ikm: CryptoKey; readonly handshakeKeys: HandshakeKeys }> {
  steps.transcript('th_keys', thKeys);
  const secretsShown = fingerprintSecrets(subtle, secrets);
  const keys = await steps.operation('derive_handshake_keys', async () => {
    const ikm = await combineSecrets(subtle, secrets);
    return { ikm, handshakeKeys: await deriveHandshakeKeys(subtle, ikm, thKeys, role) };
  });
  steps.fingerprints(await secretsShown);
  steps.fingerprints(await fingerprintHandshakeKeys(subtle, keys.ikm, thKeys));
  return keys;
}

/** Runs the second half, observed: every key of the session's first epoch. */
export async function scheduleSessionKeys(
  steps: StepRecorder,
  subtle: Subtle,
  role: Role,
  { ikm, th3 }: { readonly ikm: CryptoKey; readonly th3: TranscriptHash },
): Promise<SessionKeys> {
  steps.transcript('th3', th3);
  const keys = await steps.operation('derive_session_keys', () => deriveSessionKeys(subtle, ikm, th3, role));
  steps.fingerprints(await fingerprintSessionKeys(subtle, ikm, th3));
  return keys;
}
