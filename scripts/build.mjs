import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cache, inProject } from './places.mjs';
import { Stop, say } from './say.mjs';
import { runNode } from './spawn.mjs';

const inputs = ['index.html', 'public', 'src', 'vite.config.ts', 'scripts/mock-service-worker.ts', 'package-lock.json'];

/** The two builds of the app, and the mode of each: for a server, and with a network that stays in the browser. */
const builds = [
  { name: 'app', mode: 'production' },
  { name: 'mock', mode: 'mock' },
];

/** Builds the app that the server serves, unless it is there, built from exactly these sources. */
export async function ensureApp() {
  await ensure('app');
}

/** Builds everything that the tests need. */
export async function ensureBuilds() {
  for (const { name } of builds) await ensure(name);
}

/** @param {string} name */
async function ensure(name) {
  const mode = builds.find((build) => build.name === name)?.mode ?? name;
  const stamp = join(cache, `built-from-${name}`);
  const sources = fingerprint();
  const current = existsSync(inProject(`dist/${name}/index.html`)) && existsSync(stamp);
  if (current && readFileSync(stamp, 'utf8') === sources) {
    say(`The build in dist/${name} is up to date.`);
    return;
  }
  say(`Building dist/${name} ...`);
  if ((await runNode([inProject('node_modules/vite/bin/vite.js'), 'build', '--mode', mode])) !== 0) {
    throw new Stop('The build failed. Its message is above.');
  }
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
