import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder that holds the vectors of others, each set in a folder with its licence. */
const folder = join(import.meta.dirname, '..');

/** Returns a file of vectors as text. Throws what `readFileSync` throws when it is not there. */
export function readVectors(path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

/** Returns the names of the files in a folder of vectors, sorted. */
export function listVectors(path: string): readonly string[] {
  return readdirSync(join(folder, path)).sort();
}
