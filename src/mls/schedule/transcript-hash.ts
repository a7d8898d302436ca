import { type Bytes, concat } from '../bytes.ts';
import { encode, type Writer } from '../codec/writer.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { type AuthenticatedContent, writeConfirmedTranscriptHashInput } from '../structures/authenticated-content.ts';

/** Returns the confirmed transcript hash after a commit, from the interim one before it (RFC 9420, section 8.2). */
export function confirmedTranscriptHash(
  suite: CipherSuite,
  interimBefore: Bytes,
  authenticated: AuthenticatedContent,
): Bytes {
  return suite.hash(concat(interimBefore, encode(writeConfirmedTranscriptHashInput, authenticated)));
}

/** Returns the interim transcript hash, from the confirmed one and the commit's confirmation tag (RFC 9420, section 8.2). */
export function interimTranscriptHash(suite: CipherSuite, confirmed: Bytes, confirmationTagBytes: Bytes): Bytes {
  return suite.hash(
    concat(
      confirmed,
      encode((writer: Writer, tag: Bytes) => writer.opaque(tag), confirmationTagBytes),
    ),
  );
}

/** Returns the confirmation tag of a commit under the confirmation key of the epoch it makes (RFC 9420, section 6.1). */
export function confirmationTag(suite: CipherSuite, confirmationKey: Bytes, confirmed: Bytes): Bytes {
  return suite.mac(confirmationKey, confirmed);
}
