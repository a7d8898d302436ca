import { expect, test } from 'vitest';
import { createCaCertificate, issueRevocationList, type RevokedSerial } from './authority.ts';
import { readRevocationList } from './revocation-list.ts';

const now = 1_790_000_000;
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
const certificate = await createCaCertificate({ keys, name: 'Parley', lifetime: 86_400, now, random });

async function listOf(revoked: readonly RevokedSerial[]) {
  const input = { number: 1, thisUpdate: now, nextUpdate: now + 3_600, revoked };
  return readRevocationList(
    await issueRevocationList({ signingKey: keys.privateKey, certificate }, input),
    certificate,
    now,
  );
}

test('a list says since when a serial is revoked, other than as superseded', async () => {
  const list = await listOf([
    { serial: '0a', revokedAt: now - 50, reason: 'keyCompromise' },
    { serial: '0b', revokedAt: now - 40, reason: 'superseded' },
    { serial: '0c', revokedAt: now - 30, reason: 'privilegeWithdrawn' },
  ]);
  expect(list.revokedSince('0A')).toBe(now - 50);
  expect(list.revokedSince('a')).toBe(now - 50);
  expect(list.revokedSince('0b')).toBeUndefined();
  expect(list.revokedSince('0c')).toBe(now - 30);
  expect(list.revokedSince('0d')).toBeUndefined();
});
