import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';

/**
 * What a client can do, as its leaf says (RFC 9420, section 7.2). Numbers of the registries, unknown ones included. The versions, suites
 * and credential types that it uses must be listed; the extensions and proposals of the RFC itself need not be.
 */
export interface Capabilities {
  readonly versions: readonly number[];
  readonly cipherSuites: readonly number[];
  readonly extensions: readonly number[];
  readonly proposals: readonly number[];
  readonly credentials: readonly number[];
}

const writeU16 = (writer: Writer, value: number): void => writer.u16(value);

/** Writes Capabilities. */
export function writeCapabilities(writer: Writer, capabilities: Capabilities): void {
  writer.vector(capabilities.versions, writeU16);
  writer.vector(capabilities.cipherSuites, writeU16);
  writer.vector(capabilities.extensions, writeU16);
  writer.vector(capabilities.proposals, writeU16);
  writer.vector(capabilities.credentials, writeU16);
}

/** Reads Capabilities. */
export function readCapabilities(reader: Reader): Capabilities {
  return {
    versions: reader.numbers(2),
    cipherSuites: reader.numbers(2),
    extensions: reader.numbers(2),
    proposals: reader.numbers(2),
    credentials: reader.numbers(2),
  };
}
