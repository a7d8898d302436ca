import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compressFolder } from './compress-folder.mjs';
import { cache, inProject } from './places.mjs';
import { Stop, say } from './say.mjs';
import { runNode } from './spawn.mjs';

const inputs = [
  'index.html',
  'package.json',
  'public',
  'src',
  'tsconfig.json',
  'tsconfig.package.json',
  'vite.config.ts',
  'scripts/compress-folder.mjs',
  'scripts/mock-service-worker.ts',
  'package-lock.json',
];

const vite = inProject('node_modules/vite/bin/vite.js');
const tsc = inProject('node_modules/typescript/bin/tsc');

/**
 * @typedef {object} Build
 * @property {string} leaves a file that is there when it was built
 * @property {readonly string[]} command
 * @property {(folder: string) => Promise<void>} [afterwards] what is done with the folder that was built
 */

/**
 * What is built, what each build leaves, and the command: the app for a server, the app with a network that stays in the
 * browser, and the library and command line as JavaScript with types.
 *
 * @type {Record<'app' | 'mock' | 'package', Build>}
 */
const builds = {
  app: { leaves: 'index.html', command: [vite, 'build', '--mode', 'production'], afterwards: compressFolder },
  mock: { leaves: 'index.html', command: [vite, 'build', '--mode', 'mock'] },
  package: { leaves: 'cli/main.js', command: [tsc, '-p', inProject('tsconfig.package.json')] },
};

/** Builds the app that the server serves, unless it is there, built from exactly these sources. */
export async function ensureApp() {
  await ensure('app');
}

/** Builds what `npm pack` packs. */
export async function ensurePackage() {
  await ensure('app');
  await ensure('package');
}

/** Builds everything that the tests need. */
export async function ensureBuilds() {
  await ensurePackage();
  await ensure('mock');
}

/** @param {keyof typeof builds} name */
async function ensure(name) {
  const { leaves, command, afterwards } = builds[name];
  const stamp = join(cache, `built-from-${name}`);
  const sources = fingerprint();
  const current = existsSync(inProject(`dist/${name}/${leaves}`)) && existsSync(stamp);
  if (current && readFileSync(stamp, 'utf8') === sources) {
    say(`The build in dist/${name} is up to date.`);
    return;
  }
  say(`Building dist/${name} ...`);
  rmSync(inProject(`dist/${name}`), { recursive: true, force: true });
  if ((await runNode(command)) !== 0) throw new Stop('The build failed. Its message is above.');
  await afterwards?.(inProject(`dist/${name}`));
  await mkdir(cache, { recursive: true });
  writeFileSync(stamp, sources);
}

/** One hash over every file that goes into the build, by path and content. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const path of inputs.flatMap(filesIn)) {
    const content = readFileSync(inProject(path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * @param {string} path relative to the project; a file or a folder, or nothing
 * @returns {string[]} the files in it, in a fixed order
 */
function filesIn(path) {
  if (!existsSync(inProject(path))) return [];
  if (statSync(inProject(path)).isFile()) return [path];
  return readdirSync(inProject(path))
    .sort()
    .flatMap((name) => filesIn(`${path}/${name}`));
}
