import { existsSync, readFileSync } from 'node:fs';
import { npm } from './npm.mjs';
import { inProject } from './places.mjs';
import { Stop, say } from './say.mjs';

/** Installs the locked packages when some are missing or of another version than package-lock.json says. */
export async function ensurePackages() {
  const installed = inProject('node_modules/.package-lock.json');
  const present = existsSync(installed);
  if (present && matches(readPackages(inProject('package-lock.json')), readPackages(installed))) return;
  say(
    present
      ? 'The packages differ from package-lock.json. Installing them again ...'
      : 'Installing the packages that package-lock.json lists (about a minute the first time) ...',
  );
  if ((await npm(['ci'])) !== 0) throw new Stop('npm could not install the packages. Its message is above.');
}

/**
 * True when every locked package is installed in its version. npm keeps the list of what it installed, written last.
 *
 * @param {Record<string, { version?: string, optional?: boolean }>} locked
 * @param {Record<string, { version?: string }>} installed
 */
export function matches(locked, installed) {
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

/**
 * @param {string} path of a lock file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}
