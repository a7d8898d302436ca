import { existsSync, readdirSync } from 'node:fs';
import { inProject } from '../places.mjs';

/**
 * Every file of code in these folders, as paths relative to the project.
 *
 * @param {readonly string[]} folders
 * @returns {string[]}
 */
export function sourceFiles(folders) {
  return folders
    .filter((folder) => existsSync(inProject(folder)))
    .flatMap((folder) =>
      readdirSync(inProject(folder), { recursive: true, encoding: 'utf8' }).map(
        (path) => `${folder}/${path.replaceAll('\\', '/')}`,
      ),
    )
    .filter((path) => /\.(ts|tsx|mts|mjs|js|css)$/.test(path))
    .sort();
}
