import type { Bytes } from '../bytes.ts';

/** What ML-KEM encapsulation gives on platforms that have it (WebCrypto modern algorithms draft). */
interface EncapsulatedBits {
  readonly sharedKey: ArrayBuffer;
  readonly ciphertext: ArrayBuffer;
}

/** The algorithm dictionaries parley/1 uses, all of them. */
type Algorithm =
  | 'HKDF'
  | 'Ed25519'
  | 'X25519'
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

type KeyUse = 'encrypt' | 'decrypt' | 'sign' | 'verify' | 'deriveKey' | 'deriveBits';

/** The two halves of a pair. */
export interface KeyPair {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

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
  importKey(
    format: 'raw' | 'spki' | 'pkcs8',
    data: Bytes,
    algorithm: Algorithm,
    extractable: boolean,
    uses: KeyUse[],
  ): Promise<CryptoKey>;
  exportKey(format: 'raw' | 'spki', key: CryptoKey): Promise<ArrayBuffer>;
  generateKey(algorithm: 'Ed25519', extractable: boolean, uses: ('sign' | 'verify')[]): Promise<KeyPair>;
  generateKey(algorithm: 'X25519', extractable: boolean, uses: 'deriveBits'[]): Promise<KeyPair>;
  generateKey(
    algorithm: { readonly name: 'AES-GCM'; readonly length: 256 },
    extractable: boolean,
    uses: ('encrypt' | 'decrypt')[],
  ): Promise<CryptoKey>;
  generateKey(
    algorithm: { readonly name: 'HMAC'; readonly hash: 'SHA-256'; readonly length: 256 },
    extractable: boolean,
    uses: 'sign'[],
  ): Promise<CryptoKey>;
}

type KemUse = 'encapsulateBits' | 'decapsulateBits';

/** What SubtleCrypto has besides, on platforms with ML-KEM. */
export interface KemSubtle {
  generateKey(algorithm: 'ML-KEM-768', extractable: boolean, uses: KemUse[]): Promise<KeyPair>;
  importKey(
    format: 'raw-public' | 'raw-seed',
    data: Bytes,
    algorithm: 'ML-KEM-768',
    extractable: boolean,
    uses: KemUse[],
  ): Promise<CryptoKey>;
  exportKey(format: 'raw-public', key: CryptoKey): Promise<ArrayBuffer>;
  encapsulateBits(algorithm: 'ML-KEM-768', key: CryptoKey): Promise<EncapsulatedBits>;
  decapsulateBits(algorithm: 'ML-KEM-768', key: CryptoKey, ciphertext: Bytes): Promise<ArrayBuffer>;
}

/** True where the platform's SubtleCrypto has the encapsulation calls; whether it has ML-KEM-768 shows when it makes a key. */
export function hasEncapsulation(subtle: object): subtle is KemSubtle {
  return 'encapsulateBits' in subtle && 'decapsulateBits' in subtle;
}
