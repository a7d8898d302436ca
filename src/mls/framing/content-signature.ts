import type { Bytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { signWithLabel, verifyWithLabel } from '../crypto/labels.ts';
import type { AuthenticatedContent } from '../structures/authenticated-content.ts';
import { type FramedContentTbs, framedContentToBeSigned } from '../structures/framed-content-tbs.ts';

const label = 'FramedContentTBS';

/** Returns the signature over a content and the wire format that it is sent in (RFC 9420, section 6.1). Throws `group_context_missing`. */
export function signContent(
  suite: CipherSuite,
  { privateKey, ...tbs }: FramedContentTbs & { readonly privateKey: CryptoKey },
): Promise<Bytes> {
  return signWithLabel(suite, privateKey, label, framedContentToBeSigned(tbs));
}

/**
 * Returns true when the content's signature is that of this key (RFC 9420, section 6.1). `senderKey` says which key it must be.
 * `groupContext` is the encoded GroupContext of the content's epoch. Throws `group_context_missing`.
 */
export function verifyContent(
  suite: CipherSuite,
  authenticated: AuthenticatedContent,
  publicKey: Bytes,
  groupContext: Bytes | undefined,
): Promise<boolean> {
  const { wireFormat, content, auth } = authenticated;
  const signed = framedContentToBeSigned({ wireFormat, content, groupContext });
  return verifyWithLabel(suite, publicKey, label, signed, auth.signature);
}
