import { fileURLToPath } from 'node:url';

/**
 * A path inside the project, whatever the working directory is.
 *
 * @param {string} relative
 */
export function inProject(relative) {
  return fileURLToPath(new URL(`../${relative}`, import.meta.url));
}

/** Where the scripts keep what they made and can make again. */
export const cache = inProject('node_modules/.cache/parley');
