import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Test vectors of others, beside the clone where they are there at all. */
const folder = join(import.meta.dirname, '../../../../../shared/vectors');

/** Whether the vectors are there. Tests of them are skipped where they are not. */
export const hasVectors = existsSync(join(folder, 'wycheproof'));

/** A file of vectors as text. */
export function readVectors(path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

/** The names of the files in a folder of vectors. */
export function listVectors(path: string): readonly string[] {
  return readdirSync(join(folder, path)).sort();
}
