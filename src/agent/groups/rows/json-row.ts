import * as v from 'valibot';
import type { Bytes } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Returns the bytes of a row in JSON, its version first. */
export function encodeJsonRow(version: number, record: object): Bytes {
  return new TextEncoder().encode(JSON.stringify({ version, ...record }));
}

/** Reads a row by its schema. Throws `storage_failed`, with `detail`, for anything else. */
export function decodeJsonRow<const Schema extends v.GenericSchema>(
  schema: Schema,
  bytes: Bytes,
  detail: string,
): v.InferOutput<Schema> {
  const read = v.safeParse(schema, jsonIn(bytes, detail));
  if (read.success) return read.output;
  throw new ParleyError('storage_failed', detail);
}

/** Reads a row by its schema; undefined for anything else. For rows that nothing depends on. */
export function jsonRowIn<const Schema extends v.GenericSchema>(
  schema: Schema,
  bytes: Bytes,
): v.InferOutput<Schema> | undefined {
  try {
    return decodeJsonRow(schema, bytes, 'A stored row cannot be read.');
  } catch (cause) {
    if (cause instanceof ParleyError) return undefined;
    throw cause;
  }
}

function jsonIn(bytes: Bytes, detail: string): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new ParleyError('storage_failed', detail, { cause });
  }
}
