import { decodeIfBase64 } from './base64.ts';
import type { Envelope } from './envelope.ts';
import { headerOf } from './envelope-header.ts';

/** What stands between the parts of an envelope as `encodeJsonEnvelope` writes it, and the lengths of those that have one. */
const beforeIv = ',"encrypted_payload":{"iv":"';
const beforeCiphertext = '","ciphertext":"';
const beforeTag = '","tag":"';
const beforeSignature = '"},"signature":"';
const end = '"}';
const ivLength = 16;
const tagLength = 24;
const signatureLength = 88;
/** Five members whose values have a bound. */
const longestHeader = 256;

/**
 * Reads the JSON of an envelope that is laid out as `encodeJsonEnvelope` does it, in one pass, scan and schema together. Undefined for
 * anything else, which the strict reading has to judge; what is read here reads the same there.
 */
export function quickEnvelope(text: string): Envelope | undefined {
  const headerEnd = text.lastIndexOf(beforeIv, longestHeader);
  const header = headerEnd === -1 ? undefined : headerOf(`${text.slice(0, headerEnd)}}`);
  if (header === undefined) return undefined;
  const ivAt = headerEnd + beforeIv.length;
  const ciphertextAt = ivAt + ivLength + beforeCiphertext.length;
  const signatureAt = text.length - end.length - signatureLength;
  const tagAt = signatureAt - beforeSignature.length - tagLength;
  const isLaidOut =
    text.startsWith(beforeCiphertext, ivAt + ivLength) &&
    ciphertextAt <= tagAt - beforeTag.length &&
    text.startsWith(beforeTag, tagAt - beforeTag.length) &&
    text.startsWith(beforeSignature, tagAt + tagLength) &&
    text.endsWith(end);
  if (!isLaidOut) return undefined;
  const iv = decodeIfBase64(text.slice(ivAt, ivAt + ivLength));
  const ciphertext = decodeIfBase64(text.slice(ciphertextAt, tagAt - beforeTag.length));
  const tag = decodeIfBase64(text.slice(tagAt, tagAt + tagLength));
  const signature = decodeIfBase64(text.slice(signatureAt, signatureAt + signatureLength));
  if (iv?.length !== 12 || ciphertext === undefined || tag?.length !== 16 || signature?.length !== 64) return undefined;
  return { ...header, encrypted_payload: { iv, ciphertext, tag }, signature };
}
