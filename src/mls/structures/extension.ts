import type { Bytes } from '../bytes.ts';
import { decode, type Reader } from '../codec/reader.ts';
import { encode, type Writer } from '../codec/writer.ts';
import { MlsError } from '../errors.ts';

/** One extension: a type and bytes that only that type explains (RFC 9420, section 13). */
export interface Extension {
  readonly type: number;
  readonly data: Bytes;
}

/** The types of extension of RFC 9420, section 17.3. */
export const extensionTypes = {
  application_id: 1,
  ratchet_tree: 2,
  required_capabilities: 3,
  external_pub: 4,
  external_senders: 5,
} as const;

/** Writes `Extension extensions<V>`. */
export function writeExtensions(writer: Writer, extensions: readonly Extension[]): void {
  writer.vector(extensions, (inner, extension) => {
    inner.u16(extension.type);
    inner.opaque(extension.data);
  });
}

/** Reads `Extension extensions<V>`. Throws `duplicate_extension`. */
export function readExtensions(reader: Reader): readonly Extension[] {
  const extensions = reader.vector((inner) => ({ type: inner.u16(), data: inner.opaque() }));
  const types = new Set(extensions.map((extension) => extension.type));
  if (types.size < extensions.length) throw new MlsError('duplicate_extension', 'Two extensions have one type.');
  return extensions;
}

/** Returns the data of the extension of this type. */
export function findExtension(extensions: readonly Extension[], type: number): Bytes | undefined {
  return extensions.find((extension) => extension.type === type)?.data;
}

/** What every member must be able to do (RFC 9420, section 11.1). */
export interface RequiredCapabilities {
  readonly extensionTypes: readonly number[];
  readonly proposalTypes: readonly number[];
  readonly credentialTypes: readonly number[];
}

const writeU16 = (writer: Writer, value: number): void => writer.u16(value);

/** Returns the data of a `required_capabilities` extension. */
export function encodeRequiredCapabilities(required: RequiredCapabilities): Bytes {
  return encode((writer, value) => {
    writer.vector(value.extensionTypes, writeU16);
    writer.vector(value.proposalTypes, writeU16);
    writer.vector(value.credentialTypes, writeU16);
  }, required);
}

/** Reads the data of a `required_capabilities` extension. */
export function decodeRequiredCapabilities(data: Uint8Array): RequiredCapabilities {
  return decode(
    (reader) => ({
      extensionTypes: reader.numbers(2),
      proposalTypes: reader.numbers(2),
      credentialTypes: reader.numbers(2),
    }),
    data,
  );
}
