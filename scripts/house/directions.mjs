import { posix } from 'node:path';
import { importsOf } from './imports.mjs';
import { packageHomes } from './package-homes.mjs';
import { rooms } from './rooms.mjs';

const inTesting = /(^|\/)testing\//;

/**
 * What in a file goes against the directions of `rooms.mjs`, a sentence for each. Tests and what only they use (a
 * folder `testing`) are free: they may bring the other rooms together.
 *
 * @param {string} path relative to `src`, with forward slashes
 * @param {string} code
 * @returns {string[]}
 */
export function violations(path, code) {
  if (!isRuled(path)) return [];
  const room = roomOf(path);
  if (room === undefined) return [`${path} is in no room that scripts/house/rooms.mjs knows`];
  return importsOf(path, code).flatMap(({ specifier }) => {
    const reason = specifier.startsWith('.')
      ? againstFile(room, posix.join(posix.dirname(path), specifier.replace(/\?.*$/, '')))
      : againstPackage(room, specifier);
    return reason === undefined ? [] : [`${path} imports ${specifier}: ${reason}`];
  });
}

/**
 * True for a file that the directions hold for.
 *
 * @param {string} path
 */
export function isRuled(path) {
  return /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !inTesting.test(path);
}

/**
 * @param {string} room
 * @param {string} target
 * @returns {string | undefined} undefined when the import is allowed
 */
function againstFile(room, target) {
  if (inTesting.test(target)) return 'what is made for tests stays with them';
  const targetRoom = roomOf(target);
  if (targetRoom === undefined) return 'it is in no room';
  if (targetRoom === room) return undefined;
  if (rooms[room]?.some((door) => opens(door, target))) return undefined;
  return `${room} may not import ${targetRoom}`;
}

/**
 * @param {string} room
 * @param {string} specifier
 * @returns {string | undefined} undefined when the import is allowed
 */
function againstPackage(room, specifier) {
  const name = specifier.startsWith('node:') ? 'node:' : packageName(specifier);
  const homes = packageHomes[name];
  if (homes === undefined) return `scripts/house/package-homes.mjs gives ${name} to no room`;
  if (homes.some((home) => room === home || room.startsWith(`${home}/`))) return undefined;
  return `${name} belongs to ${homes.join(', ')}`;
}

/** @param {string} specifier */
function packageName(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/**
 * True when a door leads to a file.
 *
 * @param {string} door
 * @param {string} target
 */
export function opens(door, target) {
  if (door.endsWith('/**')) return target.startsWith(door.slice(0, -2));
  return target === door || roomOf(target) === door;
}

/**
 * @param {string} path relative to `src`
 * @returns {string | undefined} the innermost room that holds it
 */
export function roomOf(path) {
  return Object.keys(rooms)
    .filter((room) => path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}
