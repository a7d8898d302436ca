import { posix } from 'node:path';
import { importsOf } from './imports.mjs';

/**
 * Returns the doors that nobody goes through, a sentence for each: a permission that is not used is one too many.
 *
 * @param {Record<string, readonly string[]>} rooms
 * @param {ReadonlyMap<string, string>} files code by path relative to `src`, without tests
 * @param {(path: string) => string | undefined} roomOf
 * @param {(door: string, target: string) => boolean} opens
 * @returns {string[]}
 */
export function unusedDoors(rooms, files, roomOf, opens) {
  /** @type {Map<string, Set<string>>} */
  const used = new Map();
  for (const [path, code] of files) {
    const room = roomOf(path);
    if (room === undefined) continue;
    for (const { specifier } of importsOf(path, code)) {
      if (!specifier.startsWith('.')) continue;
      const target = posix.join(posix.dirname(path), specifier.replace(/\?.*$/, ''));
      used.set(room, (used.get(room) ?? new Set()).add(target));
    }
  }
  return Object.entries(rooms).flatMap(([room, doors]) =>
    doors
      .filter((door) => ![...(used.get(room) ?? [])].some((target) => opens(door, target)))
      .map((door) => `${room} may import ${door}, and does not: take the door out of scripts/house`),
  );
}
