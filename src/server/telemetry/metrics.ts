import { STATUS_CODES } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { deliveryCallNames } from '../../delivery/call-names.ts';
import { limitNames } from '../../http/limit-reached.ts';
import { parleyVersion } from '../web/package-folder.ts';

/** A value that can be read at any time; undefined when it is not known now. */
export interface Reading {
  readonly help: string;
  read(): number | undefined | Promise<number | undefined>;
}

/** Upper ends of the buckets of relayed requests, in seconds: a person has up to 100 to answer. */
const buckets = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 90, 120];

/** The refusals that somebody who guesses causes. */
const guessed = [
  ['register', 'signature_invalid'],
  ['register', 'not_authorized'],
  ['confirm', 'challenge_failed'],
  ['revoke', 'signature_invalid'],
  ['revoke', 'not_authorized'],
  ['delete', 'not_authorized'],
  ['operator', 'not_authorized'],
  ['delivery', 'signature_invalid'],
] as const;

/**
 * What a server counts, for Prometheus. The values of every label are few and known: none names an agent, an address or anything
 * that a client chooses.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<'route' | 'status'>;
  readonly relayed: Histogram<'outcome'>;
  readonly refusedConnections: Counter<'code'>;
  readonly registrations: Counter<'kind'>;
  readonly revocations: Counter<'by'>;
  readonly refusedProofs: Counter<'call' | 'code'>;
  readonly limits: Counter<'limit'>;
  readonly failures: Counter<'event'>;
  readonly lists: Counter;
  readonly deliveries: Counter<'call' | 'outcome'>;

  /** `gauges`: what can be read at any time, by its name. */
  constructor(gauges: Readonly<Record<string, Reading>>) {
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = this.#counter('parley_http_requests_total', 'HTTP requests by the part that answered', [
      'route',
      'status',
    ]);
    this.relayed = new Histogram({
      name: 'parley_relayed_seconds',
      help: 'Time from a request for an agent to its answer',
      labelNames: ['outcome'],
      buckets,
      registers: [this.#registry],
    });
    this.refusedConnections = this.#counter(
      'parley_refused_connections_total',
      'Connections without a valid proof of their agent',
      ['code'],
    );
    this.registrations = this.#counter('parley_registrations_total', 'Agents that were registered or renewed', [
      'kind',
    ]);
    this.revocations = this.#counter('parley_revocations_total', 'Agents that were revoked, and names deleted', ['by']);
    this.refusedProofs = this.#counter(
      'parley_refused_proofs_total',
      'Registrations, revocations, deletions and calls of the operator that were refused',
      ['call', 'code'],
    );
    this.limits = this.#counter('parley_limits_reached_total', 'Refusals because a limit was reached', ['limit']);
    this.failures = this.#counter('parley_failures_total', 'Requests and readiness checks that failed here', ['event']);
    this.lists = this.#counter('parley_crl_signed_total', 'Revocation lists that this server signed', []);
    this.deliveries = this.#counter('parley_delivery_calls_total', 'Calls of the delivery service by their outcome', [
      'call',
      'outcome',
    ]);
    this.#beginAtZero();
    const build = new Gauge({
      name: 'parley_build_info',
      help: 'Always 1; which Parley this is, and the Node that runs it',
      labelNames: ['version', 'node'],
      registers: [this.#registry],
    });
    build.set({ version: parleyVersion(), node: process.version }, 1);
    for (const [name, reading] of Object.entries(gauges)) this.#gauge(name, reading);
  }

  /** Counts an answer of the part `route`. A status without a name, which an agent may have chosen, counts as its class. */
  answered(route: string, status: number): void {
    const label = STATUS_CODES[status] === undefined ? `${Math.floor(status / 100)}xx` : status;
    this.#requests.inc({ route, status: label });
  }

  /** Answers with all metrics in Prometheus's text format. */
  async answer(): Promise<Response> {
    return new Response(await this.#registry.metrics(), { headers: { 'content-type': this.#registry.contentType } });
  }

  #counter<const Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  /** An increase can be seen only of what was there before. */
  #beginAtZero(): void {
    for (const limit of Object.keys(limitNames)) this.limits.inc({ limit }, 0);
    for (const kind of ['new', 'renewal']) this.registrations.inc({ kind }, 0);
    for (const by of ['agent', 'operator', 'deletion']) this.revocations.inc({ by }, 0);
    for (const [call, code] of guessed) this.refusedProofs.inc({ call, code }, 0);
    this.refusedConnections.inc({ code: 'signature_invalid' }, 0);
    for (const event of ['request_failed', 'not_ready']) this.failures.inc({ event }, 0);
    for (const call of deliveryCallNames) this.deliveries.inc({ call, outcome: 'done' }, 0);
  }

  #gauge(name: string, { help, read }: Reading): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      async collect() {
        const value = await read();
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  }
}
