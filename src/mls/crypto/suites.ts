import {
  AEAD_AES_128_GCM,
  AEAD_AES_256_GCM,
  AEAD_ChaCha20Poly1305,
  type AEADFactory,
  KDF_HKDF_SHA256,
  KDF_HKDF_SHA384,
  KDF_HKDF_SHA512,
  type KDFFactory,
  KEM_DHKEM_P256_HKDF_SHA256,
  KEM_DHKEM_P384_HKDF_SHA384,
  KEM_DHKEM_P521_HKDF_SHA512,
  KEM_DHKEM_X448_HKDF_SHA512,
  KEM_DHKEM_X25519_HKDF_SHA256,
  KEM_MLKEM768_X25519,
  type KEMFactory,
} from 'hpke';
import { MlsError } from '../errors.ts';
import { aeadOf, aesGcm } from './aead.ts';
import type { CipherSuite, SignatureScheme } from './cipher-suite.ts';
import { curves, ecdsa } from './ecdsa.ts';
import { eddsa } from './eddsa.ts';
import { type HashName, hashFunction } from './hash.ts';
import { createHpke } from './hpke.ts';

/** The primitives of a suite (RFC 9420, section 17.1). */
interface Primitives {
  readonly name: string;
  readonly kem: KEMFactory;
  readonly aead: AEADFactory;
  readonly hash: HashName;
  readonly signature: SignatureScheme;
}

const suites: Readonly<Record<number, Primitives>> = {
  1: {
    name: 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519',
    kem: KEM_DHKEM_X25519_HKDF_SHA256,
    aead: AEAD_AES_128_GCM,
    hash: 'SHA-256',
    signature: eddsa('Ed25519'),
  },
  2: {
    name: 'MLS_128_DHKEMP256_AES128GCM_SHA256_P256',
    kem: KEM_DHKEM_P256_HKDF_SHA256,
    aead: AEAD_AES_128_GCM,
    hash: 'SHA-256',
    signature: ecdsa(curves['P-256']),
  },
  3: {
    name: 'MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519',
    kem: KEM_DHKEM_X25519_HKDF_SHA256,
    aead: AEAD_ChaCha20Poly1305,
    hash: 'SHA-256',
    signature: eddsa('Ed25519'),
  },
  4: {
    name: 'MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448',
    kem: KEM_DHKEM_X448_HKDF_SHA512,
    aead: AEAD_AES_256_GCM,
    hash: 'SHA-512',
    signature: eddsa('Ed448'),
  },
  5: {
    name: 'MLS_256_DHKEMP521_AES256GCM_SHA512_P521',
    kem: KEM_DHKEM_P521_HKDF_SHA512,
    aead: AEAD_AES_256_GCM,
    hash: 'SHA-512',
    signature: ecdsa(curves['P-521']),
  },
  6: {
    name: 'MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448',
    kem: KEM_DHKEM_X448_HKDF_SHA512,
    aead: AEAD_ChaCha20Poly1305,
    hash: 'SHA-512',
    signature: eddsa('Ed448'),
  },
  7: {
    name: 'MLS_256_DHKEMP384_AES256GCM_SHA384_P384',
    kem: KEM_DHKEM_P384_HKDF_SHA384,
    aead: AEAD_AES_256_GCM,
    hash: 'SHA-384',
    signature: ecdsa(curves['P-384']),
  },
  // draft-ietf-mls-pq-ciphersuites-06, under a private number until IANA gives one.
  63050: {
    name: 'MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519',
    kem: KEM_MLKEM768_X25519,
    aead: AEAD_AES_256_GCM,
    hash: 'SHA-384',
    signature: eddsa('Ed25519'),
  },
};

const kdfs: Readonly<Record<HashName, KDFFactory>> = {
  'SHA-256': KDF_HKDF_SHA256,
  'SHA-384': KDF_HKDF_SHA384,
  'SHA-512': KDF_HKDF_SHA512,
};

/** Returns a cipher suite by its number (RFC 9420, section 17.1). Throws `unsupported_cipher_suite`. */
export async function cipherSuite(id: number): Promise<CipherSuite> {
  const primitives = suites[id];
  if (primitives === undefined) {
    throw new MlsError('unsupported_cipher_suite', `Cipher suite ${id} is none of this implementation.`);
  }
  const { name, kem, aead, hash, signature } = primitives;
  return {
    id,
    name,
    hpke: createHpke(kem, kdfs[hash], aead),
    aead: aead === AEAD_AES_128_GCM ? aesGcm(16) : aead === AEAD_AES_256_GCM ? aesGcm(32) : aeadOf(aead()),
    signature,
    ...hashFunction(hash),
  };
}
