import type { KDF } from 'hpke';
import { type Bytes, concat, noBytes, ownBytes, wipe } from '../bytes.ts';

/** The numbers of the algorithms. */
export interface HpkeIds {
  readonly kem: number;
  readonly kdf: number;
  readonly aead: number;
}

/** What HPKE derives in base mode for one message, or for the secrets that both sides export. */
export interface HpkeKeySchedule {
  /** Returns the context that depends on `info` alone, of whatever length: made once for many recipients of one `info`. */
  context(info: Bytes): Promise<Bytes>;
  /** Returns key and nonce of the first message. */
  messageKey(sharedSecret: Bytes, context: Bytes): Promise<{ readonly key: Bytes; readonly nonce: Bytes }>;
  /** Returns an exported secret. */
  exported(sharedSecret: Bytes, context: Bytes, exporterContext: Bytes, length: number): Promise<Bytes>;
}

const baseMode = Uint8Array.of(0);
const utf8 = new TextEncoder();
const version = utf8.encode('HPKE-v1');

/**
 * Returns HPKE's key schedule (RFC 9180, section 5.1) over a KDF of two stages. The library has its own, which takes at most 65,535
 * bytes of `info`; that of a Welcome is the encrypted GroupInfo with the whole tree, and RFC 9180, section 7.2.1, allows it.
 */
export function hpkeKeySchedule(kdf: KDF, ids: HpkeIds, lengths: { key: number; nonce: number }): HpkeKeySchedule {
  const suiteId = concat(utf8.encode('HPKE'), uint16(ids.kem), uint16(ids.kdf), uint16(ids.aead));
  const labelled = (label: string, value: Uint8Array): Bytes => concat(version, suiteId, utf8.encode(label), value);

  async function extract(salt: Bytes, label: string, inputKeyMaterial: Bytes): Promise<Bytes> {
    const input = labelled(label, inputKeyMaterial);
    return ownBytes(await kdf.Extract(salt, input));
  }

  async function expand(secret: Bytes, label: string, info: Bytes, length: number): Promise<Bytes> {
    return ownBytes(await kdf.Expand(secret, concat(uint16(length), labelled(label, info)), length));
  }

  return {
    async context(info) {
      const [noPskId, infoHash] = await Promise.all([
        extract(noBytes, 'psk_id_hash', noBytes),
        extract(noBytes, 'info_hash', info),
      ]);
      return concat(baseMode, noPskId, infoHash);
    },
    async messageKey(sharedSecret, context) {
      const secret = await extract(sharedSecret, 'secret', noBytes);
      const [key, nonce] = await Promise.all([
        expand(secret, 'key', context, lengths.key),
        expand(secret, 'base_nonce', context, lengths.nonce),
      ]);
      wipe([secret]);
      return { key, nonce };
    },
    async exported(sharedSecret, context, exporterContext, length) {
      const secret = await extract(sharedSecret, 'secret', noBytes);
      const exporter = await expand(secret, 'exp', context, kdf.Nh);
      const exported = await expand(exporter, 'sec', exporterContext, length);
      wipe([secret, exporter]);
      return exported;
    },
  };
}

function uint16(value: number): Bytes {
  return Uint8Array.of(value >>> 8, value);
}
