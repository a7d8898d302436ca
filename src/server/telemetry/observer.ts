import type { ControllerNotice } from '../../controller/notices.ts';
import type { DeliveryObservation } from '../../delivery/delivery.ts';
import { type LimitName, LimitReached } from '../../http/limit-reached.ts';
import { isOwnFailure } from '../../http/own-failure.ts';
import { ParleyError, toldToOthers } from '../../protocol/errors.ts';
import { isError } from '../../protocol/realm.ts';
import { BoundedLog } from './bounded-log.ts';
import type { Facts, Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Whom a refusal is for, as far as it is known. */
export interface Refused {
  readonly address?: string | undefined;
  readonly agentId?: string | undefined;
  /** Fingerprint of the signing key. */
  readonly key?: string | undefined;
}

/** Logs and counts what the parts of a server did and refused. */
export class Observer {
  readonly #log: Log;
  readonly #metrics: Metrics;
  readonly #bounded: BoundedLog;

  constructor(log: Log, metrics: Metrics) {
    this.#log = log;
    this.#metrics = metrics;
    this.#bounded = new BoundedLog(log);
  }

  /** Writes what was withheld from now on in time, until the function it returns is called. */
  start(): () => void {
    return this.#bounded.start();
  }

  /** Takes a notice of the Controller. */
  readonly controller = (notice: ControllerNotice): void => {
    switch (notice.kind) {
      case 'registered':
      case 'renewed': {
        const { agentId, key, address } = notice;
        this.#metrics.registrations.inc({ kind: notice.kind === 'registered' ? 'new' : 'renewal' });
        const event = notice.kind === 'registered' ? 'agent_registered' : 'agent_renewed';
        this.#log('info', event, { agent_id: agentId, key, address });
        return;
      }
      case 'revoked': {
        const { agentId, by, reason, address } = notice;
        this.#metrics.revocations.inc({ by });
        this.#log('info', 'agent_revoked', { agent_id: agentId, by, reason, address });
        return;
      }
      case 'deleted':
        this.#metrics.revocations.inc({ by: 'deletion' });
        this.#log('info', 'agent_deleted', { agent_id: notice.agentId, address: notice.address });
        return;
      case 'list signed': {
        const { number, nextUpdate } = notice.list;
        this.#metrics.lists.inc();
        const ends = new Date(nextUpdate * 1_000).toISOString();
        this.#log('info', 'list_signed', { number, certificates: notice.certificates, next_update: ends });
        return;
      }
      case 'refused': {
        const { call, ...who } = notice.about;
        this.#metrics.refusedProofs.inc({ call, code: notice.error.code });
        this.#bounded.write('warn', 'proof_refused', { call, code: notice.error.code }, factsOf(who));
        return;
      }
      case 'limit reached':
        this.limitReached(notice.error.limit, notice.about);
        return;
      case 'failed':
        this.failed('request_failed', notice.error);
        return;
      default:
        notice satisfies never;
    }
  };

  /** Takes what a call of the delivery service did. */
  readonly delivery = ({ call, agentId, address, refusal }: DeliveryObservation): void => {
    this.#metrics.deliveries.inc({ call, outcome: outcomeOf(refusal) });
    this.requestFailed(refusal, { agentId, address });
    if (call !== 'token' || !(refusal instanceof ParleyError) || refusal.code !== 'signature_invalid') return;
    this.#metrics.refusedProofs.inc({ call: 'delivery', code: refusal.code });
    this.#bounded.write(
      'warn',
      'proof_refused',
      { call: 'delivery', code: refusal.code },
      factsOf({ agentId, address }),
    );
  };

  /** Notes that something was refused because of a limit. */
  limitReached(limit: LimitName, who: Refused): void {
    this.#metrics.limits.inc({ limit });
    this.#bounded.write('warn', 'limit_reached', { limit }, factsOf(who));
  }

  /** Notes why a request was not answered as it was meant: by a limit, or by a failure here. Refusals of other kinds are not noted. */
  requestFailed(error: unknown, who: Refused): void {
    if (error instanceof LimitReached) this.limitReached(error.limit, who);
    else if (error !== undefined && isOwnFailure(error)) this.failed('request_failed', error);
  }

  /** Notes that a connection did not prove whose it is. */
  connectionRefused({ code }: ParleyError, who: Refused): void {
    this.#metrics.refusedConnections.inc({ code });
    this.#bounded.write('warn', 'proof_refused', { call: 'connect', code }, factsOf(who));
  }

  /** Notes that a call of the operator showed a wrong token, or none. */
  operatorRefused(who: Refused): void {
    this.#metrics.refusedProofs.inc({ call: 'operator', code: 'not_authorized' });
    this.#bounded.write('warn', 'proof_refused', { call: 'operator', code: 'not_authorized' }, factsOf(who));
  }

  /** Notes that a request failed because of this server. */
  failed(event: 'request_failed' | 'not_ready', error: unknown): void {
    this.#metrics.failures.inc({ event });
    if (!(error instanceof ParleyError)) {
      this.#bounded.write('error', event, { kind: nameOf(error) });
      return;
    }
    const { code, detail, cause } = error;
    this.#bounded.write('error', event, { code }, { detail, cause: cause === undefined ? undefined : nameOf(cause) });
  }
}

/** Returns `done`, or the code that others are told. */
function outcomeOf(refusal: unknown): string {
  return refusal === undefined ? 'done' : toldToOthers(refusal).code;
}

function factsOf({ address, agentId, key }: Refused): Facts {
  return { agent_id: agentId, key, address };
}

/** Returns what the system or SQLite calls an error, else its class. */
function nameOf(error: unknown): string {
  if (!isError(error)) return typeof error;
  if ('errstr' in error && typeof error.errstr === 'string') return error.errstr;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
