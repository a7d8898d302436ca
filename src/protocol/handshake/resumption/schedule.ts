import { type Bytes, concat, type TranscriptHash, wipe } from '../../bytes.ts';
import { sha256 } from '../../crypto/hash.ts';
import { importKeyMaterial } from '../../crypto/hkdf.ts';
import { mac } from '../../crypto/signatures.ts';
import type { Subtle } from '../../crypto/subtle.ts';
import type { StepRecorder } from '../../trace/step-recorder.ts';
import { label } from '../../wire/label.ts';
import { fingerprintSessionKeys, formatFingerprint } from '../fingerprints.ts';
import { deriveSessionKeys, type Role, type SessionKeys } from '../key-schedule.ts';

/** What the keys of a resumed session are made from. */
export interface ResumptionSecrets {
  readonly resumptionKey: CryptoKey;
  /** X25519 and ML-KEM secret, 32 bytes each; they are taken over and overwritten. */
  readonly shared: readonly [x25519: Bytes, mlKem: Bytes];
  readonly tr: TranscriptHash;
}

/**
 * Derives every key, observed: `ikm` = HMAC(resumption_key, label("resume mix") || X25519 secret || ML-KEM secret),
 * salt tr (protocol page, section 5).
 */
export async function scheduleResumedKeys(
  steps: StepRecorder,
  subtle: Subtle,
  role: Role,
  { resumptionKey, shared, tr }: ResumptionSecrets,
): Promise<SessionKeys> {
  const [x25519Shown, kemShown, keyShown] = await Promise.all([
    ...shared.map(async (secret) => formatFingerprint(await sha256(subtle, await sha256(subtle, secret)))),
    mac(subtle, resumptionKey, label('session fingerprints')).then(formatFingerprint),
  ]);
  const { ikm, keys } = await steps.operation('derive_resumed_keys', async () => {
    const mixed = concat(label('resume mix'), ...shared);
    wipe(...shared);
    const material = await mac(subtle, resumptionKey, mixed).finally(() => wipe(mixed));
    const imported = await importKeyMaterial(subtle, material);
    return { ikm: imported, keys: await deriveSessionKeys(subtle, imported, tr, role) };
  });
  steps.fingerprints([
    ['resumption_key', keyShown ?? ''],
    ['x25519_secret', x25519Shown ?? ''],
    ['ml_kem_secret', kemShown ?? ''],
    ...(await fingerprintSessionKeys(subtle, ikm, tr)),
  ]);
  return keys;
}
