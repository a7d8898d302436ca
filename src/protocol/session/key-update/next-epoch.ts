import { type Bytes, concat, isTranscriptHash, wipe } from '../../bytes.ts';
import { unixSeconds } from '../../crypto/environment.ts';
import { sha256 } from '../../crypto/hash.ts';
import { importKeyMaterial } from '../../crypto/hkdf.ts';
import { mac } from '../../crypto/signatures.ts';
import { takeKeyFingerprint } from '../../handshake/fingerprints.ts';
import { deriveSessionKeys } from '../../handshake/key-schedule.ts';
import { Steps } from '../../trace/steps.ts';
import { canonicalBytes } from '../../wire/canonical.ts';
import type { JsonObject } from '../../wire/json.ts';
import { label } from '../../wire/label.ts';
import type { MessageContext } from '../envelope.ts';
import type { Epoch } from '../epoch.ts';
import type { Session } from '../session.ts';

/** What the next epoch is made from. */
export interface Beginning {
  /** The epoch that ends. */
  readonly epoch: Epoch;
  readonly request: JsonObject;
  readonly response: JsonObject;
  /** X25519 and ML-KEM secret; they are taken over and overwritten. */
  readonly secrets: readonly [Bytes, Bytes];
  readonly by: 'self' | 'peer';
}

/** `ikm'`, `salt'` and every key of the next epoch (protocol page, section 4), which begins at once. */
export async function beginNextEpoch(
  { environment, observe }: MessageContext,
  session: Session,
  { epoch, request, response, secrets, by }: Beginning,
): Promise<void> {
  const { subtle } = environment;
  const steps = new Steps(environment, observe, 'ENVELOPE');
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
    return { keys: await deriveSessionKeys(subtle, ikm, next, session.role), salt: next };
  });
  const keyFingerprint = await takeKeyFingerprint(subtle, keys.exporter);
  // The peer's update may have begun this epoch while this side's answer was being read.
  if (session.epochNumber !== epoch.number || !isTranscriptHash(salt)) return;
  session.advance(keys, salt, unixSeconds(environment));
  observe({ kind: 'epoch', at: environment.monotonic(), number: session.epochNumber, by, keyFingerprint });
}
