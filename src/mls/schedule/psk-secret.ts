import { type Bytes, wipe } from '../bytes.ts';
import { encode, type Writer } from '../codec/writer.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { expandWithLabel } from '../crypto/labels.ts';
import { type PreSharedKeyId, writePreSharedKeyId } from '../structures/pre-shared-key-id.ts';

/** A pre-shared key with its name and its use in one epoch. */
export interface PreSharedKey {
  readonly id: PreSharedKeyId;
  readonly psk: Bytes;
}

/** Returns the PSK secret of an epoch from its pre-shared keys in their order; zeros for none (RFC 9420, section 8.4). */
export function pskSecret(suite: CipherSuite, psks: readonly PreSharedKey[]): Bytes {
  let secret: Bytes = new Uint8Array(suite.hashLength);
  for (const [index, { id, psk }] of psks.entries()) {
    const extracted = suite.extract(new Uint8Array(suite.hashLength), psk);
    const label = encode((writer: Writer, value: PreSharedKeyId) => {
      writePreSharedKeyId(writer, value);
      writer.u16(index);
      writer.u16(psks.length);
    }, id);
    const input = expandWithLabel(suite, extracted, 'derived psk', label, suite.hashLength);
    const next = suite.extract(input, secret);
    wipe([extracted, input, secret]);
    secret = next;
  }
  return secret;
}
