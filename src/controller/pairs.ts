import { LimitReached } from '../http/limit-reached.ts';
import { limits } from '../protocol/limits.ts';
import { isForgotten, listedUntil } from './revoked-serials.ts';
import type { IssuedCertificate } from './store.ts';

/** Unexpired pairs that an agent may have (protocol page, section 6). */
const mostPairs = limits.certificatePairs;
/** Entries of a record that a list may name, two for each pair: what bounds a revocation list. As many older ones are stored. */
const mostEntries = 128;

/**
 * Returns what an agent was given, `issued` (oldest first) and the new `pair`, without what was forgotten by `now` (Unix
 * seconds). The oldest of more than 4 unexpired pairs are revoked as superseded. Throws `rate_limited` when an agent
 * has renewed so often that lists would grow without end.
 */
export function withRenewal(
  issued: readonly IssuedCertificate[],
  pair: readonly [IssuedCertificate, IssuedCertificate],
  now: number,
): IssuedCertificate[] {
  const stored = issued.filter((certificate) => !isForgotten(certificate, now));
  const listed = stored.filter((certificate) => listedUntil(certificate) >= now);
  const over = listed[listed.length + pair.length - mostEntries - 1];
  if (over !== undefined) {
    throw new LimitReached(
      'renewals',
      'This agent has renewed its certificates too often. The newest ones are valid: use them until the oldest expire.',
      { retryAfter: Math.max(1, listedUntil(over) + 1 - now) },
    );
  }
  const valid = listed.filter(({ notAfter, revoked }) => revoked === undefined && notAfter >= now);
  const superseded = new Set(valid.slice(0, Math.max(0, valid.length - 2 * (mostPairs - 1))));
  const reason = 'superseded' as const;
  return [
    ...stored
      .slice(-2 * mostEntries)
      .map((certificate) =>
        superseded.has(certificate) ? { ...certificate, revoked: { at: now, reason } } : certificate,
      ),
    ...pair,
  ];
}
