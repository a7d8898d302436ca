import type { Bytes } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import type { StoredCertificate } from './store.ts';

/** Returns a certificate (DER) with the name under which it is kept: base64url of its SHA-256, without padding. */
export async function storedCertificate(der: Bytes): Promise<StoredCertificate> {
  const text = encodeBase64(await sha256(crypto.subtle, der));
  return { hash: text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''), der };
}
