import { type Bytes, concat, isTranscriptHash, type TranscriptHash, wipe } from '../../bytes.ts';
import type { Environment } from '../../crypto/environment.ts';
import { sha256 } from '../../crypto/hash.ts';
import { importKeyMaterial } from '../../crypto/hkdf.ts';
import { mac } from '../../crypto/signatures.ts';
import { ParleyError } from '../../errors.ts';
import { takeKeyFingerprint } from '../../handshake/fingerprints.ts';
import { deriveSessionKeys, type Role } from '../../handshake/key-schedule.ts';
import type { Observer } from '../../trace/events.ts';
import { StepRecorder } from '../../trace/step-recorder.ts';
import { canonicalBytes } from '../../wire/canonical.ts';
import type { JsonObject } from '../../wire/json.ts';
import { label } from '../../wire/label.ts';
import type { Epoch, EpochInput } from '../epoch/epoch.ts';

/** What a key update computes with, and who watches it. */
export interface KeyUpdateContext {
  readonly environment: Environment;
  readonly observe: Observer;
}

/** What the next epoch is made from. */
export interface NextEpochInput {
  /** The epoch that ends. */
  readonly epoch: Epoch;
  readonly role: Role;
  /** The two plaintext objects: KEY_UPDATE and its RESPONSE. */
  readonly request: JsonObject;
  readonly response: JsonObject;
  /** X25519 and ML-KEM secret; they are taken over and overwritten. */
  readonly secrets: readonly [x25519: Bytes, mlKem: Bytes];
  /** Whose KEY_UPDATE it is. */
  readonly by: 'self' | 'peer';
}

/** An epoch that can begin. */
export interface NextEpoch {
  /** The number of the epoch that it follows. */
  readonly follows: number;
  readonly keys: EpochInput['keys'];
  readonly salt: TranscriptHash;
  readonly keyFingerprint: string;
  readonly by: 'self' | 'peer';
}

/** Derives `ikm'`, `salt'` and every key of the next epoch (protocol page, section 4). Nothing has begun when it resolves. */
export async function deriveNextEpoch(
  { environment, observe }: KeyUpdateContext,
  { epoch, role, request, response, secrets, by }: NextEpochInput,
): Promise<NextEpoch> {
  const { subtle } = environment;
  const steps = new StepRecorder(environment, observe, 'ENVELOPE');
  const { keys, salt } = await steps.operation('derive_next_epoch', async () => {
    const mixed = concat(label('update mix'), ...secrets);
    wipe(...secrets);
    const [material, asked, answered] = await Promise.all([
      mac(subtle, epoch.updateKey, mixed).finally(() => wipe(mixed)),
      sha256(subtle, canonicalBytes(request)),
      sha256(subtle, canonicalBytes(response)),
    ]);
    const next = await sha256(subtle, concat(epoch.salt, asked, answered));
    const ikm = await importKeyMaterial(subtle, material);
    return { keys: await deriveSessionKeys(subtle, ikm, next, role), salt: next };
  });
  if (!isTranscriptHash(salt)) throw new ParleyError('internal_error', 'SHA-256 gives 32 bytes.');
  const keyFingerprint = await takeKeyFingerprint(subtle, keys.exporter);
  return { follows: epoch.number, keys, salt, keyFingerprint, by };
}
