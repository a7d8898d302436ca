import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { MlsError } from '../errors.ts';

/** Says who a member is: an identity that the application explains, or certificates (RFC 9420, section 5.3). */
export type Credential =
  | { readonly type: 'basic'; readonly identity: Bytes }
  | { readonly type: 'x509'; readonly certificates: readonly Bytes[] };

/** The types of credential, by their number (RFC 9420, section 17.5). */
export const credentialTypes = { basic: 1, x509: 2 } as const;

/** Writes a Credential. */
export function writeCredential(writer: Writer, credential: Credential): void {
  writer.u16(credentialTypes[credential.type]);
  if (credential.type === 'basic') writer.opaque(credential.identity);
  else writer.vector(credential.certificates, (inner, certificate) => inner.opaque(certificate));
}

/** Reads a Credential. Throws `unsupported_credential_type`. */
export function readCredential(reader: Reader): Credential {
  const type = reader.u16();
  if (type === credentialTypes.basic) return { type: 'basic', identity: reader.opaque() };
  if (type === credentialTypes.x509) return { type: 'x509', certificates: reader.vector((inner) => inner.opaque()) };
  throw new MlsError('unsupported_credential_type', `The credential type ${type} is neither basic nor x509.`);
}
