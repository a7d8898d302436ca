import {
  type AEAD,
  AEAD_AES_128_GCM,
  AEAD_AES_256_GCM,
  AEAD_ChaCha20Poly1305,
  type AEADFactory,
  type KEM,
  KEM_DHKEM_P256_HKDF_SHA256,
  KEM_DHKEM_P384_HKDF_SHA384,
  KEM_DHKEM_P521_HKDF_SHA512,
  KEM_DHKEM_X448_HKDF_SHA512,
  KEM_DHKEM_X25519_HKDF_SHA256,
  KEM_MLKEM768_X25519,
  type KEMFactory,
} from 'hpke';
import { MlsError } from '../errors.ts';
import { withShake } from './shake.ts';

/** The platform's, the first that works. */
const platformKems = {
  KEM_DHKEM_P256_HKDF_SHA256: [KEM_DHKEM_P256_HKDF_SHA256],
  KEM_DHKEM_P384_HKDF_SHA384: [KEM_DHKEM_P384_HKDF_SHA384],
  KEM_DHKEM_P521_HKDF_SHA512: [KEM_DHKEM_P521_HKDF_SHA512],
  KEM_DHKEM_X25519_HKDF_SHA256: [KEM_DHKEM_X25519_HKDF_SHA256],
  KEM_DHKEM_X448_HKDF_SHA512: [KEM_DHKEM_X448_HKDF_SHA512],
  KEM_MLKEM768_X25519: [KEM_MLKEM768_X25519, withShake(KEM_MLKEM768_X25519)],
} satisfies Record<string, readonly KEMFactory[]>;

const platformAeads = {
  AEAD_AES_128_GCM: [AEAD_AES_128_GCM],
  AEAD_AES_256_GCM: [AEAD_AES_256_GCM],
  AEAD_ChaCha20Poly1305: [AEAD_ChaCha20Poly1305],
} satisfies Record<string, readonly AEADFactory[]>;

/** A KEM of a suite, by the name that both libraries give it. */
export type KemName = keyof typeof platformKems;
/** An AEAD of a suite, by the name that both libraries give it. */
export type AeadName = keyof typeof platformAeads;
/** Who computes: the platform's WebCrypto, or JavaScript, whose keys are objects that hold bytes. Both give the same bytes. */
export type Provider = 'platform' | 'javascript';

/** Returns a KEM: the platform's where it has one and no other is asked for. Throws `unsupported_cipher_suite`. */
export async function kemFactory(name: KemName, provider?: Provider): Promise<KEMFactory> {
  return (await firstThatWorks(platformKems[name], roundTrip, provider)) ?? (await import('@panva/hpke-noble'))[name];
}

/** Returns an AEAD: the platform's where it has one and no other is asked for. Throws `unsupported_cipher_suite`. */
export async function aeadFactory(name: AeadName, provider?: Provider): Promise<AEADFactory> {
  return (
    (await firstThatWorks(platformAeads[name], sealNothing, provider)) ?? (await import('@panva/hpke-noble'))[name]
  );
}

/** Finds the platform's; `undefined` when it has to be JavaScript. */
async function firstThatWorks<T>(
  factories: readonly (() => T)[],
  trial: (primitive: T) => Promise<unknown>,
  provider: Provider | undefined,
): Promise<(() => T) | undefined> {
  if (provider === 'javascript') return undefined;
  for (const factory of factories) if (await works(() => trial(factory()))) return factory;
  if (provider === undefined) return undefined;
  throw new MlsError('unsupported_cipher_suite', 'The platform lacks a primitive of the suite.');
}

/** True when a trial passes; what a platform throws that lacks something differs from one to the next. */
async function works(trial: () => Promise<unknown>): Promise<boolean> {
  try {
    await trial();
    return true;
  } catch (cause) {
    if (cause instanceof Error || cause instanceof DOMException) return false;
    throw cause;
  }
}

/**
 * Of a key material of this byte alone comes a private key of X25519 that begins with a zero byte. WebKitGTK takes none of those, and
 * fails at one in 256 pairs that it makes itself (bugs.webkit.org 307095).
 */
const leadsToZero = 41;

async function roundTrip(kem: KEM): Promise<void> {
  const { publicKey, privateKey } = await kem.DeriveKeyPair(new Uint8Array(kem.Nsk).fill(leadsToZero), false);
  const { enc } = await kem.Encap(publicKey);
  await kem.Decap(enc, privateKey, publicKey);
}

function sealNothing(aead: AEAD): Promise<Uint8Array> {
  const nothing = new Uint8Array(0);
  return aead.Seal(new Uint8Array(aead.Nk), new Uint8Array(aead.Nn), nothing, nothing);
}
