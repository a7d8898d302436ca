import {
  type AEADFactory,
  CipherSuite,
  DeserializeError,
  type KDFFactory,
  type KEMFactory,
  type Key,
  NotSupportedError,
} from 'hpke';
import { type Bytes, ownBytes, wipe } from '../bytes.ts';
import { MlsError } from '../errors.ts';
import type { Aead, Hpke, HpkeKeyPair } from './cipher-suite.ts';
import { hpkeKeySchedule } from './hpke-key-schedule.ts';
import { isDecidedByBytes, isSoundKemKey } from './kem-public-key.ts';
import { paddedScalar } from './nist-scalar.ts';
import { publicKeyOf } from './public-key-of.ts';

/** Returns HPKE in base mode over the library's KEM and KDF, and the suite's AEAD, which is `aeadFactory`'s (RFC 9180). */
export function createHpke(kemFactory: KEMFactory, kdfFactory: KDFFactory, aeadFactory: AEADFactory, aead: Aead): Hpke {
  const suite = new CipherSuite(kemFactory, kdfFactory, aeadFactory);
  const [kem, kdf] = [kemFactory(), kdfFactory()];
  const ids = { kem: kem.id, kdf: kdf.id, aead: aeadFactory().id };
  const schedule = hpkeKeySchedule(kdf, ids, { key: aead.keyLength, nonce: aead.nonceLength });
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

  async function encapsulate(publicKey: Bytes): Promise<{ readonly secret: Bytes; readonly kemOutput: Bytes }> {
    const key = await importPublicKey(publicKey);
    try {
      const { shared_secret: secret, enc } = await kem.Encap(key);
      return { secret: ownBytes(secret), kemOutput: ownBytes(enc) };
    } catch (cause) {
      throw cause instanceof NotSupportedError ? cause : invalidPublicKey(cause);
    }
  }

  async function decapsulate(keyPair: HpkeKeyPair, kemOutput: Bytes): Promise<Bytes> {
    const { privateKey, publicKey } = await libraryPair(keyPair);
    if (kemOutput.length !== kem.Nenc) throw decryptionFailed();
    try {
      return ownBytes(await kem.Decap(kemOutput, privateKey, publicKey));
    } catch (cause) {
      throw cause instanceof NotSupportedError ? cause : decryptionFailed(cause);
    }
  }

  return {
    sealer(info) {
      const context = schedule.context(info);
      return async (publicKey, aad, plaintext) => {
        const [{ secret, kemOutput }, ofInfo] = await Promise.all([encapsulate(publicKey), context]);
        const { key, nonce } = await schedule.messageKey(secret, ofInfo);
        const ciphertext = await aead.seal(key, nonce, aad, plaintext);
        wipe([secret, key, nonce]);
        return { kemOutput, ciphertext };
      };
    },
    async deriveKeyPair(ikm) {
      // Not by the suite's own function: it wants as many bytes as a private key has, which are 66 for P-521, and the secret 64.
      const { publicKey, privateKey } = await kem.DeriveKeyPair(ikm, false);
      publicKeys.set(privateKey, publicKey);
      return { publicKey: ownBytes(await kem.SerializePublicKey(publicKey)), privateKey };
    },
    async importPrivateKey(given) {
      const serialized = isNistCurve(kem.id) ? paddedScalar(given, kem.Nsk) : given;
      try {
        const privateKey = await suite.DeserializePrivateKey(serialized);
        return { publicKey: await publicKeyOf(kem, serialized), privateKey };
      } catch (cause) {
        if (!(cause instanceof DeserializeError)) throw cause;
        throw new MlsError('invalid_private_key', 'The bytes are no private key of this KEM.', { cause });
      }
    },
    async checkPublicKey(publicKey) {
      if (!isDecidedByBytes(kem.id)) await importPublicKey(publicKey);
      else if (!isSoundKemKey(kem.id, publicKey)) throw invalidPublicKey();
    },
    async open(keyPair, info, aad, sealed) {
      const [secret, context] = await Promise.all([decapsulate(keyPair, sealed.kemOutput), schedule.context(info)]);
      const { key, nonce } = await schedule.messageKey(secret, context);
      try {
        return await aead.open(key, nonce, aad, sealed.ciphertext);
      } finally {
        wipe([secret, key, nonce]);
      }
    },
    async sendExport(publicKey, info, exporterContext, length) {
      const [{ secret, kemOutput }, context] = await Promise.all([encapsulate(publicKey), schedule.context(info)]);
      const exported = await schedule.exported(secret, context, exporterContext, length);
      wipe([secret]);
      return { kemOutput, secret: exported };
    },
    async receiveExport(keyPair, kemOutput, info, exporterContext, length) {
      const [secret, context] = await Promise.all([decapsulate(keyPair, kemOutput), schedule.context(info)]);
      const exported = await schedule.exported(secret, context, exporterContext, length);
      wipe([secret]);
      return exported;
    },
  };
}

function isNistCurve(kem: number): boolean {
  return kem >= 0x0010 && kem <= 0x0012;
}

function invalidPublicKey(cause?: unknown): MlsError {
  return new MlsError('invalid_public_key', 'The bytes are no public key of this KEM.', { cause });
}

function decryptionFailed(cause?: unknown): MlsError {
  return new MlsError('decryption_failed', 'The HPKE ciphertext does not open.', { cause });
}
