import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { type HpkeCiphertext, readHpkeCiphertext, writeHpkeCiphertext } from './hpke-ciphertext.ts';

/** A joiner's GroupSecrets, encrypted to its KeyPackage. */
export interface EncryptedGroupSecrets {
  /** The KeyPackageRef. */
  readonly newMember: Bytes;
  readonly encryptedGroupSecrets: HpkeCiphertext;
}

/** What lets new members join (RFC 9420, section 12.4.3.1). */
export interface Welcome {
  readonly cipherSuite: number;
  readonly secrets: readonly EncryptedGroupSecrets[];
  readonly encryptedGroupInfo: Bytes;
}

/** Writes a Welcome. */
export function writeWelcome(writer: Writer, welcome: Welcome): void {
  writer.u16(welcome.cipherSuite);
  writer.vector(welcome.secrets, (inner, entry) => {
    inner.opaque(entry.newMember);
    writeHpkeCiphertext(inner, entry.encryptedGroupSecrets);
  });
  writer.opaque(welcome.encryptedGroupInfo);
}

/** Reads a Welcome. */
export function readWelcome(reader: Reader): Welcome {
  return {
    cipherSuite: reader.u16(),
    secrets: reader.vector((inner) => ({
      newMember: inner.opaque(),
      encryptedGroupSecrets: readHpkeCiphertext(inner),
    })),
    encryptedGroupInfo: reader.opaqueView(),
  };
}
