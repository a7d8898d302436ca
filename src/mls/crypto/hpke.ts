import {
  type AEADFactory,
  CipherSuite,
  DecapError,
  DeserializeError,
  EncapError,
  type KDFFactory,
  type KEMFactory,
  type Key,
  OpenError,
  ValidationError,
} from 'hpke';
import { type Bytes, ownBytes } from '../bytes.ts';
import { MlsError } from '../errors.ts';
import type { Hpke, HpkeKeyPair } from './cipher-suite.ts';
import { isSoundKemKey } from './kem-public-key.ts';
import { publicKeyOf } from './public-key-of.ts';

/** Returns HPKE in base mode over the library's KEM, KDF and AEAD (RFC 9180). */
export function createHpke(kemFactory: KEMFactory, kdf: KDFFactory, aead: AEADFactory): Hpke {
  const suite = new CipherSuite(kemFactory, kdf, aead);
  const kem = kemFactory();
  // The library takes a public key as an object of its own, beside a private key that gives none away.
  const publicKeys = new WeakMap<Key, Key>();

  async function importPublicKey(publicKey: Bytes): Promise<Key> {
    if (!isSoundKemKey(kem.id, publicKey)) throw invalidPublicKey();
    try {
      return await suite.DeserializePublicKey(publicKey);
    } catch (cause) {
      throw cause instanceof DeserializeError ? invalidPublicKey(cause) : cause;
    }
  }

  async function libraryPair(pair: HpkeKeyPair) {
    const known = publicKeys.get(pair.privateKey);
    if (known !== undefined) return { privateKey: pair.privateKey, publicKey: known };
    const publicKey = await importPublicKey(pair.publicKey);
    publicKeys.set(pair.privateKey, publicKey);
    return { privateKey: pair.privateKey, publicKey };
  }

  return {
    async deriveKeyPair(ikm) {
      // Not by the suite's own function: it wants as many bytes as a private key has, which are 66 for P-521, and the secret 64.
      const { publicKey, privateKey } = await kem.DeriveKeyPair(ikm, false);
      publicKeys.set(privateKey, publicKey);
      return { publicKey: ownBytes(await kem.SerializePublicKey(publicKey)), privateKey };
    },
    async importPrivateKey(serialized) {
      try {
        const privateKey = await suite.DeserializePrivateKey(serialized);
        return { publicKey: await publicKeyOf(kem, serialized), privateKey };
      } catch (cause) {
        if (!(cause instanceof DeserializeError)) throw cause;
        throw new MlsError('invalid_private_key', 'The bytes are no private key of this KEM.', { cause });
      }
    },
    async checkPublicKey(publicKey) {
      await importPublicKey(publicKey);
    },
    async seal(publicKey, info, aad, plaintext) {
      const key = await importPublicKey(publicKey);
      try {
        const { encapsulatedSecret, ciphertext } = await suite.Seal(key, plaintext, { info, aad });
        return { kemOutput: ownBytes(encapsulatedSecret), ciphertext: ownBytes(ciphertext) };
      } catch (cause) {
        throw isEncapsulationError(cause) ? invalidPublicKey(cause) : cause;
      }
    },
    async open(keyPair, info, aad, sealed) {
      const pair = await libraryPair(keyPair);
      try {
        return ownBytes(await suite.Open(pair, sealed.kemOutput, sealed.ciphertext, { info, aad }));
      } catch (cause) {
        throw isDecapsulationError(cause) ? decryptionFailed(cause) : cause;
      }
    },
    async sendExport(publicKey, info, exporterContext, length) {
      const key = await importPublicKey(publicKey);
      try {
        const sent = await suite.SendExport(key, exporterContext, length, { info });
        return { kemOutput: ownBytes(sent.encapsulatedSecret), secret: ownBytes(sent.exportedSecret) };
      } catch (cause) {
        throw isEncapsulationError(cause) ? invalidPublicKey(cause) : cause;
      }
    },
    async receiveExport(keyPair, kemOutput, info, exporterContext, length) {
      const pair = await libraryPair(keyPair);
      try {
        return ownBytes(await suite.ReceiveExport(pair, kemOutput, exporterContext, length, { info }));
      } catch (cause) {
        throw isDecapsulationError(cause) ? decryptionFailed(cause) : cause;
      }
    },
  };
}

function isEncapsulationError(cause: unknown): boolean {
  return cause instanceof EncapError || cause instanceof ValidationError;
}

function isDecapsulationError(cause: unknown): boolean {
  return cause instanceof DecapError || cause instanceof OpenError || cause instanceof ValidationError;
}

function invalidPublicKey(cause?: unknown): MlsError {
  return new MlsError('invalid_public_key', 'The bytes are no public key of this KEM.', { cause });
}

function decryptionFailed(cause: unknown): MlsError {
  return new MlsError('decryption_failed', 'The HPKE ciphertext does not open.', { cause });
}
