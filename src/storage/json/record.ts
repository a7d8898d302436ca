import * as v from 'valibot';
import { ParleyError } from '../../protocol/errors.ts';
import { isBytes } from '../../protocol/realm.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';

/** Returns a record as JSON text; bytes are base64. */
export function recordToJson(record: object): string {
  return JSON.stringify(record, (_key, value: unknown) => (isBytes(value) ? encodeBase64(value) : value));
}

/** Reads the record that a JSON text holds. Throws `storage_failed` when it is not of this schema. */
export function parsedRecord<const Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
): v.InferOutput<Schema> {
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (cause) {
    throw new ParleyError('storage_failed', 'A stored record is damaged. Restore the data from a backup.', { cause });
  }
}
