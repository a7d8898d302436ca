import type { Reader } from '../codec/reader.ts';
import { MlsError } from '../errors.ts';

/** The one version of the protocol, `mls10` (RFC 9420, section 6). */
export const mls10 = 1;

/** The types of content, by their number (RFC 9420, section 6). */
export const contentTypes = { application: 1, proposal: 2, commit: 3 } as const;
export type ContentType = keyof typeof contentTypes;

/** The wire formats, by their number (RFC 9420, section 6 and table 7). */
export const wireFormats = {
  mls_public_message: 1,
  mls_private_message: 2,
  mls_welcome: 3,
  mls_group_info: 4,
  mls_key_package: 5,
} as const;

/** Reads a version. Throws `unsupported_version` for every other than mls10. */
export function readVersion(reader: Reader): typeof mls10 {
  const version = reader.u16();
  if (version !== mls10) throw new MlsError('unsupported_version', 'The protocol version is not mls10.');
  return version;
}

/** Returns the name that has this number in `table`. Throws `unknown_enumeration`. */
export function nameOf<Name extends string>(table: Readonly<Record<Name, number>>, value: number): Name {
  for (const name in table) if (table[name] === value) return name;
  throw new MlsError('unknown_enumeration', `${value} is none of ${Object.keys(table).join(', ')}.`);
}
