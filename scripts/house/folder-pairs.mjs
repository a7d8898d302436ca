import { posix } from 'node:path';
import { importsOf } from './imports.mjs';

/**
 * Returns the pairs of folders that import each other, types counted, each as `a <> b`: one of the two is then in the wrong place, or
 * a part of it is.
 *
 * @param {ReadonlyMap<string, string>} files code by path, with forward slashes
 * @returns {string[]}
 */
export function folderPairs(files) {
  const arrows = new Set(
    [...files].flatMap(([path, code]) => {
      const from = posix.dirname(path);
      return importsOf(path, code)
        .map(({ specifier }) => posix.join(from, specifier.replace(/\?.*$/, '')))
        .filter((target) => files.has(target) && posix.dirname(target) !== from)
        .map((target) => `${from} > ${posix.dirname(target)}`);
    }),
  );
  return [...arrows]
    .map((arrow) => arrow.split(' > '))
    .filter(([from = '', to = '']) => from < to && arrows.has(`${to} > ${from}`))
    .map(([from, to]) => `${from} <> ${to}`);
}
