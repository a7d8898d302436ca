import { createCaCertificate } from '../pki/authority.ts';
import { generated } from '../protocol/crypto/key-generation.ts';
import type { AuthorityStore, StoredAuthority } from './store.ts';

const lifetime = 10 * 365 * 86_400;

/**
 * Loads the CA of this Controller, or makes it at first use with an ECDSA P-256 key that nobody can extract, unless
 * the store has to write it to a file. Whoever else makes one at the same instant over the same store, one is kept
 * and both get it. `now` is in Unix seconds.
 */
export async function loadOrCreateAuthority(
  store: AuthorityStore,
  now: number,
  random: (length: number) => Uint8Array,
): Promise<StoredAuthority> {
  const stored = await store.loadAuthority();
  if (stored !== undefined) return stored;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const keys = await generated(() => crypto.subtle.generateKey(algorithm, store.keepsKeyAsFile, ['sign', 'verify']));
  const certificate = await createCaCertificate({ name: 'Parley Controller', keys, lifetime, now, random });
  return store.keepAuthority({ signingKey: keys.privateKey, certificate });
}
