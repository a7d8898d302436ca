import * as v from 'valibot';
import { encodeUtf8 } from '../../../protocol/scratch-buffer.ts';
import type { JsonObject } from '../../../protocol/wire/json.ts';
import { parseObject } from '../../../protocol/wire/parse.ts';
import { type AuditEntry, auditEntry, entryDepth } from './entries.ts';

/** Returns the entry of a stored text; undefined when the disk has changed it into something else. */
export function readEntry(text: string): AuditEntry | undefined {
  const read = v.safeParse(auditEntry, readJson(text));
  return read.success ? read.output : undefined;
}

/** Returns the JSON of a stored text; undefined when it is not an object. */
export function readJson(text: string): JsonObject | undefined {
  const bytes = encodeUtf8(text);
  try {
    return parseObject(bytes, bytes.length, { depth: entryDepth });
  } catch {
    return undefined;
  }
}
