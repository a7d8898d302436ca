import type { Bytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { expandWithLabel } from '../crypto/labels.ts';
import { assertNotWiped } from './wiped.ts';

/** Returns the key and nonce that encrypt the sender data of a message with this ciphertext (RFC 9420, section 6.3.2). Throws `secret_wiped`. */
export function senderDataKey(
  suite: CipherSuite,
  senderDataSecret: Bytes,
  ciphertext: Bytes,
): { readonly key: Bytes; readonly nonce: Bytes } {
  assertNotWiped(senderDataSecret);
  const sample = ciphertext.subarray(0, suite.hashLength);
  return {
    key: expandWithLabel(suite, senderDataSecret, 'key', sample, suite.aead.keyLength),
    nonce: expandWithLabel(suite, senderDataSecret, 'nonce', sample, suite.aead.nonceLength),
  };
}
