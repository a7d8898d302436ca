import type { AEADFactory } from 'hpke';
import { MlsError } from '../errors.ts';
import { aeadOf, aesGcm } from './aead.ts';
import type { Aead, CipherSuite, SignatureScheme } from './cipher-suite.ts';
import { curves, ecdsa } from './ecdsa.ts';
import { eddsa } from './eddsa.ts';
import { hashFunction } from './hash.ts';
import type { HashName } from './hash-name.ts';
import { createHpke } from './hpke.ts';
import { kdfFactory } from './kdf.ts';
import { type AeadName, aeadFactory, type KemName, kemFactory, type Provider } from './providers.ts';

/** The primitives of a suite (RFC 9420, section 17.1). */
interface Primitives {
  readonly name: string;
  readonly kem: KemName;
  readonly aead: AeadName;
  readonly hash: HashName;
  readonly signature: SignatureScheme;
}

const suites: Readonly<Record<number, Primitives>> = {
  1: {
    name: 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519',
    kem: 'KEM_DHKEM_X25519_HKDF_SHA256',
    aead: 'AEAD_AES_128_GCM',
    hash: 'SHA-256',
    signature: eddsa('Ed25519'),
  },
  2: {
    name: 'MLS_128_DHKEMP256_AES128GCM_SHA256_P256',
    kem: 'KEM_DHKEM_P256_HKDF_SHA256',
    aead: 'AEAD_AES_128_GCM',
    hash: 'SHA-256',
    signature: ecdsa(curves['P-256']),
  },
  3: {
    name: 'MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519',
    kem: 'KEM_DHKEM_X25519_HKDF_SHA256',
    aead: 'AEAD_ChaCha20Poly1305',
    hash: 'SHA-256',
    signature: eddsa('Ed25519'),
  },
  4: {
    name: 'MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448',
    kem: 'KEM_DHKEM_X448_HKDF_SHA512',
    aead: 'AEAD_AES_256_GCM',
    hash: 'SHA-512',
    signature: eddsa('Ed448'),
  },
  5: {
    name: 'MLS_256_DHKEMP521_AES256GCM_SHA512_P521',
    kem: 'KEM_DHKEM_P521_HKDF_SHA512',
    aead: 'AEAD_AES_256_GCM',
    hash: 'SHA-512',
    signature: ecdsa(curves['P-521']),
  },
  6: {
    name: 'MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448',
    kem: 'KEM_DHKEM_X448_HKDF_SHA512',
    aead: 'AEAD_ChaCha20Poly1305',
    hash: 'SHA-512',
    signature: eddsa('Ed448'),
  },
  7: {
    name: 'MLS_256_DHKEMP384_AES256GCM_SHA384_P384',
    kem: 'KEM_DHKEM_P384_HKDF_SHA384',
    aead: 'AEAD_AES_256_GCM',
    hash: 'SHA-384',
    signature: ecdsa(curves['P-384']),
  },
  // draft-ietf-mls-pq-ciphersuites-06, under a private number until IANA gives one.
  63050: {
    name: 'MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519',
    kem: 'KEM_MLKEM768_X25519',
    aead: 'AEAD_AES_256_GCM',
    hash: 'SHA-384',
    signature: eddsa('Ed25519'),
  },
};

const made = new Map<string, Promise<CipherSuite>>();

/**
 * Returns a cipher suite by its number (RFC 9420, section 17.1), made once. Its KEM and AEAD are the platform's, or JavaScript where
 * the platform lacks them or `provider` says so: both give the same bytes. Throws `unsupported_cipher_suite`.
 */
export function cipherSuite(id: number, provider?: Provider): Promise<CipherSuite> {
  const key = `${id} ${provider ?? ''}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const suite = makeSuite(id, provider);
  made.set(key, suite);
  // A module that did not load may load the next time.
  suite.catch(() => made.delete(key));
  return suite;
}

async function makeSuite(id: number, provider: Provider | undefined): Promise<CipherSuite> {
  const primitives = suites[id];
  if (primitives === undefined) {
    throw new MlsError('unsupported_cipher_suite', `Cipher suite ${id} is none of this implementation.`);
  }
  const { name, hash, signature } = primitives;
  const [kem, aeadOfHpke] = await Promise.all([
    kemFactory(primitives.kem, provider),
    aeadFactory(primitives.aead, provider),
    // No library has the signatures, so a platform without them lacks the suite.
    signature.generateKeyPair(),
  ]);
  const functions = hashFunction(hash, provider);
  const aead = suiteAead(primitives.aead, aeadOfHpke);
  return {
    id,
    name,
    hpke: createHpke(kem, kdfFactory(hash, functions), aeadOfHpke, aead),
    aead,
    signature,
    ...functions,
  };
}

/** Every platform has AES-GCM. The library's keeps copies of keys, which nobody could wipe. */
function suiteAead(name: AeadName, factory: AEADFactory): Aead {
  if (name === 'AEAD_ChaCha20Poly1305') return aeadOf(factory());
  return aesGcm(name === 'AEAD_AES_128_GCM' ? 16 : 32);
}
