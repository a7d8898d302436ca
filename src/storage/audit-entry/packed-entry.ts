import type { StoredAuditEntry } from '../../agent/contracts/audit-store.ts';
import { type Bytes, concat, toHex } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { canonicalText } from '../../protocol/wire/canonical.ts';
import type { JsonObject, JsonValue } from '../../protocol/wire/json.ts';
import { isObject } from '../../protocol/wire/parse.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { certificatesIn } from './certificates-in.ts';
import { packValue } from './pack-value.ts';
import { unpackValue } from './unpack-value.ts';

/** The first byte of a packed entry. */
const version = 1;
const hashLength = 32;

/** A certificate that entries refer to. */
interface KeptCertificate {
  /** SHA-256 of `der`, lowercase hex. */
  readonly fingerprint: string;
  readonly der: Bytes;
}

/** An entry as a store writes it. */
export interface PackedEntry {
  readonly index: number;
  readonly hash: Bytes;
  /** Undefined when the entry has no packed form that gives exactly its text again: then the text is stored. */
  readonly packed: Bytes | undefined;
  readonly text: string;
  /** What the packed form refers to. */
  readonly certificates: readonly KeptCertificate[];
}

/**
 * Packs an entry: a version byte, the number of certificates it refers to, their SHA-256 (32 bytes each), and its value. Its hash was made
 * of its text, which comes back byte for byte: nothing that a check finds depends on how it is stored.
 */
export async function packEntry({ index, text, hash }: StoredAuditEntry): Promise<PackedEntry> {
  const asText = { index, hash, text, packed: undefined, certificates: [] };
  const value = objectIn(text);
  if (value === undefined) return asText;
  const found = certificatesIn(value);
  const texts = [...found.keys()];
  const certificates = await Promise.all([...found.values()].map(withHash));
  const writer = new ByteWriter();
  writer.byte(version);
  writer.natural(certificates.length);
  for (const { hash: fingerprint } of certificates) writer.bytes(fingerprint);
  const packed = concat(writer.written, packValue(value, texts));
  const kept = certificates.map(({ hash: fingerprint, der }) => ({ fingerprint: toHex(fingerprint), der }));
  const known = new Map(kept.map(({ fingerprint, der }) => [fingerprint, der]));
  return unpackText(packed, known) === text ? { index, hash, text, packed, certificates: kept } : asText;
}

/** Returns the fingerprints of the certificates that a packed entry refers to; none when it is damaged. */
export function certificatesOf(packed: Bytes): readonly string[] {
  try {
    return readHeader(packed).fingerprints;
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/** Returns the text of a packed entry; empty when it is damaged, or refers to a missing certificate. */
export function unpackText(packed: Bytes, certificates: ReadonlyMap<string, Bytes>): string {
  try {
    const { fingerprints, value } = readHeader(packed);
    const texts = fingerprints.map((fingerprint) => {
      const der = certificates.get(fingerprint);
      if (der === undefined) throw new RangeError('The entry refers to a certificate that is not there.');
      return encodeBase64(der);
    });
    return canonicalText(unpackValue(value, texts));
  } catch (error) {
    // Whatever the disk has made of it: nobody takes an empty text for an entry.
    if (error instanceof RangeError || error instanceof TypeError || error instanceof ParleyError) return '';
    throw error;
  }
}

function readHeader(packed: Bytes): { readonly fingerprints: readonly string[]; readonly value: Bytes } {
  const reader = new ByteReader(packed);
  if (reader.byte() !== version) throw new RangeError('The entry is of another version.');
  const fingerprints: string[] = [];
  for (let left = reader.natural(); left > 0; left--) fingerprints.push(toHex(reader.bytes(hashLength)));
  return { fingerprints, value: reader.rest() };
}

async function withHash(der: Bytes): Promise<{ readonly hash: Bytes; readonly der: Bytes }> {
  return { hash: await sha256(crypto.subtle, der), der };
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
