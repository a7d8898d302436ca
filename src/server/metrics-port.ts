import { problemResponse } from '../http/problem-response.ts';
import { addressOfServer, isLoopback } from '../http/server/addresses.ts';
import { type Callers, refusalOf } from '../http/server/callers.ts';
import { listen } from '../http/server/listen.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** A port that answers with metrics and nothing else. */
export interface MetricsPort {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Answers `GET /metrics` at an address of its own, without a token. Pages of browsers are refused, and on a loopback address calls by
 * a name that is not the machine's (DNS rebinding). Rejects with `invalid_input` when the port cannot be used.
 */
export async function openMetricsPort(
  at: { readonly host: string; readonly port: number },
  metrics: Metrics,
): Promise<MetricsPort> {
  let callers: Callers | undefined;
  const { server, port } = await listen(
    { ...at, tls: undefined, flags: '--metrics-host (PARLEY_METRICS_HOST) and --metrics-port (PARLEY_METRICS_PORT)' },
    async (request) => {
      const { headers } = request;
      const refusal =
        callers === undefined
          ? new ParleyError('unavailable', 'The server starts.')
          : refusalOf(callers, {
              host: headers.get('host') ?? undefined,
              origin: headers.get('origin') ?? undefined,
              secFetchSite: headers.get('sec-fetch-site') ?? undefined,
            });
      if (refusal !== undefined) return problemResponse(refusal);
      const isAsked = request.method === 'GET' && new URL(request.url).pathname === '/metrics';
      return isAsked ? metrics.answer() : problemResponse(new ParleyError('not_found', 'Only /metrics is here.'));
    },
  );
  const url = addressOfServer({ host: at.host, port, isTls: false });
  callers = { url, isLocal: isLoopback(at.host), isTls: false, family: () => [], named: [] };
  return {
    url,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
