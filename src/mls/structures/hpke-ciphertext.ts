import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';

/** What EncryptWithLabel gives (RFC 9420, section 5.1.3). */
export interface HpkeCiphertext {
  readonly kemOutput: Bytes;
  readonly ciphertext: Bytes;
}

/** Writes an HPKECiphertext. */
export function writeHpkeCiphertext(writer: Writer, sealed: HpkeCiphertext): void {
  writer.opaque(sealed.kemOutput);
  writer.opaque(sealed.ciphertext);
}

/** Reads an HPKECiphertext. */
export function readHpkeCiphertext(reader: Reader): HpkeCiphertext {
  return { kemOutput: reader.opaqueView(), ciphertext: reader.opaqueView() };
}
