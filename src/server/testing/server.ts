import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RelayLimits, standardRelayLimits } from '../../relay/server/limits.ts';
import { readServerOptions } from '../options/options.ts';
import { type RunningServer, startServer } from '../server.ts';
import { flagsIn } from './flags.ts';

/** A server on a free port, with data of its own. */
export interface TestServer extends RunningServer {
  readonly data: string;
  readonly log: string[];
  /** What its metrics say now. */
  metrics(): Promise<string>;
  /** Ends it and forgets its data. */
  end(): Promise<void>;
}

export const operatorToken = 'operator-token-of-the-test';
const metricsToken = 'metrics-token-of-the-test';

/** Starts a server; `flags` and `limits` change what is standard. The data of `data` are used when given. */
export async function startTestServer(
  flags: readonly string[] = [],
  limits: Partial<RelayLimits> = {},
  data?: string,
): Promise<TestServer> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'parley-server-')));
  const log: string[] = [];
  const options = readServerOptions(
    { port: '0', data: folder, 'rate-limit': '100000', ...flagsIn(flags) },
    { PARLEY_OPERATOR_TOKEN: operatorToken, PARLEY_METRICS_TOKEN: metricsToken },
  );
  const server = await startServer(
    options,
    (level, event, facts) => log.push(`${level} ${event} ${JSON.stringify(facts ?? {})}`),
    { ...standardRelayLimits, graceMs: 300, ...limits },
  );
  return {
    ...server,
    data: folder,
    log,
    metrics: async () => {
      const headers = { authorization: `Bearer ${metricsToken}` };
      return (await fetch(`http://localhost:${server.port}/metrics`, { headers })).text();
    },
    end: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
