import * as v from 'valibot';
import type { Bytes } from '../../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import { scanJson } from '../../protocol/wire/scan.ts';

/** Levels of objects and arrays in a line; the protocol carries 16. */
const deepest = 64;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Returns one JSON value as a line: JSON has no newline outside of its strings, and writes one in them as an escape.
 */
export function writeLine(value: object): Bytes {
  return encodeUtf8(`${JSON.stringify(value)}\n`);
}

/** Reads a line by its schema. Throws `invalid_input` that names the line. */
export function readLine<const Schema extends v.GenericSchema>(
  schema: Schema,
  line: Uint8Array,
  number: number,
): v.InferOutput<Schema> {
  const parsed = parseLine(schema, line);
  if (parsed.refusal === undefined) return parsed.value;
  throw notHistory(`line ${number} ${parsed.refusal}`);
}

/** What a line holds, or what is wrong with it. */
type ParsedLine<T> = { readonly refusal: string } | { readonly refusal?: undefined; readonly value: T };

/** Reads a line by its schema, or returns why it is refused. */
export function parseLine<const Schema extends v.GenericSchema>(
  schema: Schema,
  line: Uint8Array,
): ParsedLine<v.InferOutput<Schema>> {
  let text: string;
  let json: unknown;
  try {
    text = decoder.decode(line);
  } catch {
    return { refusal: 'is not JSON in UTF-8' };
  }
  try {
    scanJson(text, { depth: deepest, anyLeaf: true });
  } catch (cause) {
    const { detail } = asParleyError(cause);
    if (detail.includes('nested')) return { refusal: `is nested deeper than ${deepest} levels` };
    return { refusal: detail.includes('twice') ? 'has one name twice' : 'is not JSON in UTF-8' };
  }
  try {
    json = JSON.parse(text);
  } catch {
    return { refusal: 'is not JSON in UTF-8' };
  }
  const result = v.safeParse(schema, json);
  if (result.success) return { value: result.output };
  const path = v.getDotPath(result.issues[0]);
  return { refusal: path === null ? 'is no object of this format' : `has something unexpected under ${path}` };
}

/** Returns the error `invalid_input` for a file that decrypts and is something else. */
export function notHistory(why: string): ParleyError {
  return new ParleyError(
    'invalid_input',
    `This file holds no history as Parley exports it: ${why}. Nothing was imported. Choose a file that “Export history” made.`,
  );
}
