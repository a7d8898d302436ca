import { preview } from 'vite';
import { ensureBuild } from '../build.mjs';
import { inProject } from '../places.mjs';
import { Stop, say } from '../say.mjs';

const firstPort = 4173;

/** Builds the app when it has changed and serves it until it is told to stop. PORT fixes the port. */
export async function run() {
  await ensureBuild();
  const { PORT } = process.env;
  const server = await serve(PORT === undefined || PORT === '' ? undefined : portFrom(PORT));
  const address = server.resolvedUrls?.local[0];
  say('Parley is ready. Ctrl-C stops it.');
  process.stdout.write(`\n  ${address}\n\n`);
  await stopSignal();
  await server.close();
  return 0;
}

/**
 * Serves `dist`, every unknown path answered by index.html.
 *
 * @param {number | undefined} port that port or none; undefined: the first free one from 4173 on
 */
async function serve(port) {
  try {
    return await preview({
      root: inProject('.'),
      preview: { port: port ?? firstPort, strictPort: port !== undefined },
    });
  } catch (error) {
    if (port === undefined) throw error;
    throw new Stop(`Port ${port} cannot be used: ${error instanceof Error ? error.message : error}`);
  }
}

/** @param {string} text */
function portFrom(text) {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Stop(`PORT is "${text}", which is not a port number.`);
}

/** @returns {Promise<void>} settles when this process is asked to end */
function stopSignal() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve());
  });
}
