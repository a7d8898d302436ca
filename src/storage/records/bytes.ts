import type * as v from 'valibot';
import type { Bytes } from '../../protocol/bytes.ts';

/** Reads bytes as an engine has them: bytes themselves in IndexedDB, base64 in JSON. */
export type BytesSchema = v.GenericSchema<unknown, Bytes>;
