import type { ServerStatus } from '../../http/operator-answers.ts';
import { parleyVersion } from '../web/package-folder.ts';

/** Part of a limit from which on it counts as under pressure. */
const pressure = 0.8;

/** A limit of the server, and how much of it is used. */
interface LimitUse {
  readonly name: string;
  readonly used: number;
  readonly most: number;
}

/** What a status is read from. Times are in Unix seconds. */
export interface StatusDeps {
  readonly url: string;
  readonly registration: 'open' | 'token';
  readonly store: 'sqlite' | 'nats';
  readonly startedAt: number;
  readonly now: () => number;
  /** Agents that are registered. */
  readonly agents: () => Promise<number>;
  /** Agents connected to this server. */
  readonly connected: () => number;
  readonly list: () => Promise<
    { readonly number: number; readonly thisUpdate: number; readonly nextUpdate: number } | undefined
  >;
  /** Bytes of the database with its log; undefined where it is elsewhere. */
  readonly storeBytes: () => Promise<number | undefined>;
  readonly ca: () => { readonly fingerprint: string; readonly notAfter: number } | undefined;
  readonly limits: () => Promise<readonly LimitUse[]>;
}

/** Returns how a server is, for its operator. */
export async function serverStatus(deps: StatusDeps): Promise<ServerStatus> {
  const { now, startedAt } = deps;
  const [agents, list, storeBytes, limits] = await Promise.all([
    deps.agents(),
    deps.list(),
    deps.storeBytes(),
    deps.limits(),
  ]);
  const ca = deps.ca();
  return {
    version: parleyVersion(),
    node: process.version,
    url: deps.url,
    started_at: startedAt,
    uptime_seconds: now() - startedAt,
    registration: deps.registration,
    agents: { registered: agents, connected: deps.connected() },
    revocation_list:
      list === undefined
        ? null
        : { number: list.number, age_seconds: now() - list.thisUpdate, next_update: list.nextUpdate },
    store: { kind: deps.store, bytes: storeBytes ?? null },
    ca: ca === undefined ? null : { fingerprint: ca.fingerprint, not_after: ca.notAfter },
    limits: limits.map(({ name, used, most }) => ({ name, used, most, under_pressure: used >= most * pressure })),
  };
}
