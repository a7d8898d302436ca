import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { parleyVersion } from '../web/package-folder.ts';

/** What a server counts, for Prometheus. No label names an agent. */
export class Metrics {
  readonly #registry = new Registry();
  readonly requests: Counter<'route' | 'status'>;
  readonly relayed: Histogram<'outcome'>;
  readonly refusedConnections: Counter<'code'>;

  /** `gauges`: what can be read at any time, by its name. */
  constructor(gauges: Readonly<Record<string, { readonly help: string; read(): number }>>) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.requests = new Counter({
      name: 'parley_http_requests_total',
      help: 'HTTP requests by the part of the server that answered',
      labelNames: ['route', 'status'],
      registers,
    });
    this.relayed = new Histogram({
      name: 'parley_relayed_seconds',
      help: 'Time from a request for an agent to its answer',
      labelNames: ['outcome'],
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10, 60],
      registers,
    });
    this.refusedConnections = new Counter({
      name: 'parley_refused_connections_total',
      help: 'Connections without a valid proof of their agent',
      labelNames: ['code'],
      registers,
    });
    const build = new Gauge({
      name: 'parley_build_info',
      help: 'Always 1; which Parley this is, and the Node that runs it',
      labelNames: ['version', 'node'],
      registers,
    });
    build.set({ version: parleyVersion(), node: process.version }, 1);
    for (const [name, { help, read }] of Object.entries(gauges)) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    }
  }

  /** Answers with all metrics in Prometheus's text format. */
  async answer(): Promise<Response> {
    return new Response(await this.#registry.metrics(), { headers: { 'content-type': this.#registry.contentType } });
  }
}
