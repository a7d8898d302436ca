import { posix } from 'node:path';
import { importsOf } from './imports.mjs';

/**
 * The circles of imports among files, types counted: each a list of files that all reach one another, sorted.
 *
 * @param {ReadonlyMap<string, string>} files code by path, with forward slashes
 * @returns {string[][]}
 */
export function circles(files) {
  const targets = new Map(
    [...files].map(([path, code]) => [
      path,
      importsOf(path, code)
        .map(({ specifier }) => posix.join(posix.dirname(path), specifier.replace(/\?.*$/, '')))
        .filter((target) => files.has(target)),
    ]),
  );
  return components(targets).filter(([first = '', ...more]) => more.length > 0 || targets.get(first)?.includes(first));
}

/**
 * Tarjan's strongly connected components.
 *
 * @param {ReadonlyMap<string, readonly string[]>} targets
 * @returns {string[][]}
 */
function components(targets) {
  /** @type {Map<string, { index: number, low: number, isOpen: boolean }>} */
  const seen = new Map();
  /** @type {string[]} */
  const stack = [];
  /** @type {string[][]} */
  const found = [];
  const visit = (/** @type {string} */ path) => {
    const here = { index: seen.size, low: seen.size, isOpen: true };
    seen.set(path, here);
    stack.push(path);
    for (const target of targets.get(path) ?? []) {
      const there = seen.get(target) ?? visit(target);
      if (there.isOpen) here.low = Math.min(here.low, there.low);
    }
    if (here.low === here.index) {
      const members = stack.splice(stack.indexOf(path));
      for (const member of members) Object.assign(seen.get(member) ?? {}, { isOpen: false });
      found.push(members.toSorted());
    }
    return here;
  };
  for (const path of targets.keys()) if (!seen.has(path)) visit(path);
  return found;
}
