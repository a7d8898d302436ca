import type { GivenFlags } from './options/flags.ts';
import { readServerOptions } from './options/options.ts';
import { startServer } from './server.ts';
import { streamLog } from './telemetry/log.ts';
import { builtApp } from './web/package-folder.ts';

/** Runs a server as its flags and the environment say, until it is told to stop. Returns 0; rejects as `startServer` does. */
export async function runServer(flags: GivenFlags): Promise<number> {
  const options = readServerOptions(flags, process.env);
  const server = await startServer(
    { ...options, app: options.app ?? builtApp() },
    streamLog(process.stderr, options.log),
  );
  process.stdout.write(`Parley is ready at ${server.url}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  await server.close();
  return 0;
}
