import type { Bytes } from '../bytes.ts';

/** What ML-KEM encapsulation gives on platforms that have it (WebCrypto modern algorithms draft). */
export interface EncapsulatedBits {
  readonly sharedKey: ArrayBuffer;
  readonly ciphertext: ArrayBuffer;
}

/** The algorithm dictionaries parley/1 uses, all of them. */
export type Algorithm =
  | 'HKDF'
  | 'Ed25519'
  | 'X25519'
  | 'ML-KEM-768'
  | 'HMAC'
  | 'RSA-OAEP'
  | { readonly name: 'RSA-OAEP' }
  | { readonly name: 'RSA-OAEP' | 'RSA-PSS'; readonly hash: 'SHA-256' }
  | { readonly name: 'RSA-PSS'; readonly saltLength: 32 }
  | { readonly name: 'AES-GCM'; readonly length: 256 }
  | { readonly name: 'AES-GCM'; readonly iv: Bytes; readonly additionalData: Bytes; readonly tagLength: 128 }
  | { readonly name: 'HMAC'; readonly hash: 'SHA-256'; readonly length: 256 }
  | { readonly name: 'HKDF'; readonly hash: 'SHA-256'; readonly salt: Bytes; readonly info: Bytes }
  | { readonly name: 'X25519'; readonly public: CryptoKey };

export type KeyUse =
  | 'encrypt'
  | 'decrypt'
  | 'sign'
  | 'verify'
  | 'deriveKey'
  | 'deriveBits'
  | 'encapsulateBits'
  | 'decapsulateBits';

export type RawFormat = 'raw' | 'raw-public' | 'raw-seed' | 'spki' | 'pkcs8';

/** The part of SubtleCrypto that parley/1 calls; the platform's `crypto.subtle` is one of these. */
export interface Subtle {
  digest(algorithm: 'SHA-256' | 'SHA-512', data: Bytes): Promise<ArrayBuffer>;
  encrypt(algorithm: Algorithm, key: CryptoKey, data: Bytes): Promise<ArrayBuffer>;
  decrypt(algorithm: Algorithm, key: CryptoKey, data: Bytes): Promise<ArrayBuffer>;
  sign(algorithm: Algorithm, key: CryptoKey, data: Bytes): Promise<ArrayBuffer>;
  verify(algorithm: Algorithm, key: CryptoKey, signature: Bytes, data: Bytes): Promise<boolean>;
  deriveBits(algorithm: Algorithm, key: CryptoKey, length: number): Promise<ArrayBuffer>;
  deriveKey(
    algorithm: Algorithm,
    key: CryptoKey,
    derived: Algorithm,
    extractable: boolean,
    uses: KeyUse[],
  ): Promise<CryptoKey>;
  importKey(format: RawFormat, data: Bytes, algorithm: Algorithm, extractable: boolean, uses: KeyUse[]): Promise<CryptoKey>;
  exportKey(format: RawFormat, key: CryptoKey): Promise<ArrayBuffer>;
  generateKey(
    algorithm: 'Ed25519' | 'X25519' | 'ML-KEM-768',
    extractable: boolean,
    uses: KeyUse[],
  ): Promise<{ readonly publicKey: CryptoKey; readonly privateKey: CryptoKey }>;
  encapsulateBits?(algorithm: 'ML-KEM-768', key: CryptoKey): Promise<EncapsulatedBits>;
  decapsulateBits?(algorithm: 'ML-KEM-768', key: CryptoKey, ciphertext: Bytes): Promise<ArrayBuffer>;
}
