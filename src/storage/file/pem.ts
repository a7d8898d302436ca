import type { Bytes } from '../../protocol/bytes.ts';

/** A PEM block (RFC 7468) of DER bytes, with a line end after it. */
export function writePem(label: string, der: Uint8Array): string {
  const body = Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}

/** The DER bytes of the first PEM block of this label. */
export function readPem(text: string, label: string): Bytes | undefined {
  const body = new RegExp(`-----BEGIN ${label}-----([\\sA-Za-z0-9+/=]+)-----END ${label}-----`).exec(text)?.[1];
  return body === undefined ? undefined : new Uint8Array(Buffer.from(body, 'base64'));
}
