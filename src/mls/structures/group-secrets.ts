import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { type PreSharedKeyId, readPreSharedKeyId, writePreSharedKeyId } from './pre-shared-key-id.ts';

/** The secrets that a joiner gets (RFC 9420, section 12.4.3.1). */
export interface GroupSecrets {
  readonly joinerSecret: Bytes;
  readonly pathSecret: Bytes | undefined;
  readonly psks: readonly PreSharedKeyId[];
}

/** Writes GroupSecrets. */
export function writeGroupSecrets(writer: Writer, secrets: GroupSecrets): void {
  writer.opaque(secrets.joinerSecret);
  writer.optional(secrets.pathSecret, (inner, secret) => inner.opaque(secret));
  writer.vector(secrets.psks, writePreSharedKeyId);
}

/** Reads GroupSecrets. */
export function readGroupSecrets(reader: Reader): GroupSecrets {
  return {
    joinerSecret: reader.opaque(),
    pathSecret: reader.optional((inner) => inner.opaque()),
    psks: reader.vector(readPreSharedKeyId),
  };
}
