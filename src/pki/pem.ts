import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { decodeBase64, encodeBase64 } from '../protocol/wire/base64.ts';

/** Returns a PEM block (RFC 7468) of DER bytes, with a line end after it. */
export function writePem(label: string, der: Uint8Array): string {
  const body = encodeBase64(der).replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}

/**
 * Returns the DER bytes of the first PEM block of this label, in time linear in the text; undefined when there is none, or when
 * its body is not base64. White space in the body does not count.
 */
export function readPem(text: string, label: string): Bytes | undefined {
  const body = new RegExp(`-----BEGIN ${label}-----([\\sA-Za-z0-9+/=]+)-----END ${label}-----`).exec(text)?.[1];
  if (body === undefined) return undefined;
  try {
    return decodeBase64(body.replace(/\s/g, ''));
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    return undefined;
  }
}
