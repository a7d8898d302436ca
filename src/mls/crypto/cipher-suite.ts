import type { Key } from 'hpke';
import type { Bytes } from '../bytes.ts';
import type { HpkeCiphertext } from '../structures/hpke-ciphertext.ts';

/** An HPKE key pair. The private key is not extractable. */
export interface HpkeKeyPair {
  /** In the encoding of the KEM, as it stands in leaves, parents and KeyPackages. */
  readonly publicKey: Bytes;
  readonly privateKey: Key;
}

/** HPKE in base mode, single-shot (RFC 9420, section 5.1). */
export interface Hpke {
  /** Derives a key pair from a secret, the same one each time (RFC 9180, section 7.1.3: DeriveKeyPair). */
  deriveKeyPair(ikm: Bytes): Promise<HpkeKeyPair>;
  /** Imports a private key as SerializePrivateKey gives it, with its public key: for the official vectors. */
  importPrivateKey(serialized: Bytes): Promise<HpkeKeyPair>;
  /** Throws `invalid_public_key` for bytes that are no key of this KEM. */
  checkPublicKey(publicKey: Bytes): Promise<void>;
  /** Returns what encrypts to a public key with this `info`, which is hashed once for however many. That throws `invalid_public_key`. */
  sealer(info: Bytes): (publicKey: Bytes, aad: Bytes, plaintext: Bytes) => Promise<HpkeCiphertext>;
  /** Decrypts. Throws `decryption_failed`. */
  open(keyPair: HpkeKeyPair, info: Bytes, aad: Bytes, sealed: HpkeCiphertext): Promise<Bytes>;
  /** Makes a secret that only the holder of the key has as well (RFC 9180, section 6.2): for an external commit. Throws `invalid_public_key`. */
  sendExport(
    publicKey: Bytes,
    info: Bytes,
    exporterContext: Bytes,
    length: number,
  ): Promise<{ readonly kemOutput: Bytes; readonly secret: Bytes }>;
  /** Returns the secret that `sendExport` made. Throws `decryption_failed`. */
  receiveExport(
    keyPair: HpkeKeyPair,
    kemOutput: Bytes,
    info: Bytes,
    exporterContext: Bytes,
    length: number,
  ): Promise<Bytes>;
}

/** The suite's AEAD. */
export interface Aead {
  readonly keyLength: number;
  readonly nonceLength: number;
  /** Encrypts; the tag is at the end. */
  seal(key: Bytes, nonce: Bytes, aad: Bytes, plaintext: Bytes): Promise<Bytes>;
  /** Decrypts. Throws `decryption_failed`. */
  open(key: Bytes, nonce: Bytes, aad: Bytes, ciphertext: Bytes): Promise<Bytes>;
}

/** A signature key pair. The private key is not extractable unless it was imported for a test. */
export interface SignatureKeyPair {
  readonly publicKey: Bytes;
  readonly privateKey: CryptoKey;
}

/** The suite's signature scheme. */
export interface SignatureScheme {
  /** Makes a key pair whose private key is not extractable. */
  generateKeyPair(): Promise<SignatureKeyPair>;
  /** Imports a private key from its raw form: for the official vectors. */
  importPrivateKey(raw: Bytes, publicKey: Bytes): Promise<SignatureKeyPair>;
  sign(privateKey: CryptoKey, data: Bytes): Promise<Bytes>;
  /** True when the signature is this key's; false as well for a key or signature of weak or not canonical bytes. */
  verify(publicKey: Bytes, data: Bytes, signature: Bytes): Promise<boolean>;
}

/** One cipher suite (RFC 9420, section 5.1). Hash and key derivation are synchronous: their inputs are short. */
export interface CipherSuite {
  readonly id: number;
  readonly name: string;
  /** Nh, in bytes. */
  readonly hashLength: number;
  readonly hpke: Hpke;
  readonly aead: Aead;
  readonly signature: SignatureScheme;
  hash(data: Uint8Array): Bytes;
  /** HMAC with the suite's hash. */
  mac(key: Uint8Array, data: Uint8Array): Bytes;
  /** KDF.Extract. */
  extract(salt: Uint8Array, inputKeyMaterial: Uint8Array): Bytes;
  /** KDF.Expand, `length` bytes. */
  expand(pseudorandomKey: Uint8Array, info: Uint8Array, length: number): Bytes;
}

/** Gives so many random bytes. Handed in by whoever opens the library. */
export type RandomBytes = (length: number) => Bytes;
