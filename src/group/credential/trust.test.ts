import { expect, test } from 'vitest';
import { day, now } from '../testing/group-world.ts';
import { type TrustEvidence, trustOf } from './trust.ts';

const spki = Uint8Array.of(1, 2, 3);
const good: TrustEvidence = {
  now,
  credential: { notBefore: now - day, notAfter: now + day },
  certificate: { spki, notBefore: now - 2 * day, notAfter: now + 2 * day },
  status: 'good',
};

test.each<[string, Partial<TrustEvidence>, ReturnType<typeof trustOf>]>([
  ['is trusted when nothing is amiss', {}, 'trusted'],
  ['is trusted when the mark is for its key', { verifiedKey: spki.slice() }, 'trusted'],
  ['has another key than the verified one', { verifiedKey: Uint8Array.of(1, 2, 4) }, 'key_changed'],
  ['has another key, whatever else', { verifiedKey: Uint8Array.of(9), status: 'revoked', now: 0 }, 'key_changed'],
  ['begins at not_before', { now: now - day }, 'trusted'],
  ['has not begun', { now: now - day - 1 }, 'expired'],
  ['ends at not_after', { now: now + day }, 'trusted'],
  ['has ended', { now: now + day + 1 }, 'expired'],
  ['has a certificate that ended', { certificate: { spki, notBefore: 0, notAfter: now - 1 } }, 'expired'],
  ['has a certificate that has not begun', { certificate: { spki, notBefore: now + 1, notAfter: now + 2 } }, 'expired'],
  ['is revoked', { status: 'revoked' }, 'revoked'],
  ['is superseded, its key has a valid certificate', { status: 'superseded', hasValidSuccessor: true }, 'trusted'],
  ['is superseded by another key', { status: 'superseded', hasValidSuccessor: false }, 'revoked'],
  ['is superseded, and nobody can be asked by what', { status: 'superseded' }, 'waiting'],
  ['waits for a list', { status: 'unknown' }, 'waiting'],
  ['waits for the certificate', { certificate: undefined, verifiedKey: spki }, 'waiting'],
  [
    'is revoked by its serial though the certificate is not there',
    { certificate: undefined, status: 'revoked' },
    'revoked',
  ],
])('a member %s', (_, change, trust) => {
  expect(trustOf({ ...good, ...change })).toBe(trust);
});
