import { createServer } from 'node:net';
import { ensureApp } from '../build.mjs';
import { inProject } from '../places.mjs';
import { runNode } from '../spawn.mjs';

const firstPort = 4173;
/** A port that browsers refuse (WHATWG Fetch, section 2.9). */
const refused = 4190;

/**
 * Builds the app when it has changed and runs the server until it is told to stop, with the arguments it was given. PORT
 * fixes the port; without it, the first free one from 4173 on.
 *
 * @param {readonly string[]} args
 */
export async function run(args) {
  await ensureApp();
  const { PORT } = process.env;
  const port = args.includes('--port') || (PORT !== undefined && PORT !== '') ? [] : ['--port', `${await freePort()}`];
  const server = [inProject('src/cli/main.ts'), 'server'];
  return runNode(['--disable-warning=ExperimentalWarning', ...server, ...port, ...args]);
}

async function freePort() {
  let port = firstPort;
  while (port === refused || !(await isFree(port))) port += 1;
  return port;
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, 'localhost', () => probe.close(() => resolve(true)));
  });
}
