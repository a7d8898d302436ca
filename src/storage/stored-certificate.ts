import * as v from 'valibot';
import { storedBytes } from './stored-history.ts';

/** Entries for which the end of a certificate's use is written at once: a write for each would cost more than the certificate. */
const usesAtOnce = 1_000;

/** A certificate at rest. No entry from `until` on refers to it. */
export const storedCertificate = v.object({ fingerprint: v.string(), der: storedBytes, until: v.number() });

/** Returns the `until` of a certificate that the entry of this index refers to. */
export function usedUntil(index: number): number {
  return (Math.floor(index / usesAtOnce) + 1) * usesAtOnce;
}
