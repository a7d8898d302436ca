import type { Environment } from '../../protocol/crypto/environment.ts';
import type { Scheduler } from '../contracts/ports.ts';
import { hourMs, type OmittedOfPeer, PeerQuota } from './peer-quota.ts';
import type { AuditTrail, Draft } from './trail.ts';

/** What a limited trail works with. */
export interface LimitedTrailDeps {
  readonly trail: AuditTrail;
  readonly environment: Pick<Environment, 'now'>;
  readonly scheduler: Scheduler;
  /** Characters of entries that a peer may cause in an hour; 4 MiB when absent. */
  readonly quotaPerHour?: number;
}

/** Adds entries to the trail, those that a peer has caused up to its quota; what is over it is counted and said once an hour. */
export class LimitedTrail {
  readonly #deps: LimitedTrailDeps;
  readonly #quota: PeerQuota;
  #closing: { cancel(): void } | undefined;

  constructor(deps: LimitedTrailDeps) {
    this.#deps = deps;
    this.#quota = new PeerQuota(deps.quotaPerHour);
  }

  /** Adds an entry of this agent's own doing. */
  add(draft: Draft): void {
    this.#deps.trail.add(draft);
  }

  /** Adds an entry that a peer has caused, of about `size` characters, unless the peer is over its quota; true when it was added. */
  addOf(peerId: string, size: number, draft: Draft): boolean {
    const { trail, environment } = this.#deps;
    const now = environment.now();
    this.#addOmitted(this.#quota.close(now));
    if (this.#quota.takes(peerId, size, now)) {
      trail.add(draft);
      return true;
    }
    this.#closeLater();
    return false;
  }

  /** Writes down at once what was only counted. */
  stop(): void {
    this.#closing?.cancel();
    this.#closing = undefined;
    this.#addOmitted(this.#quota.close(this.#deps.environment.now(), true));
  }

  /** Writes what was over a quota, as one entry for each peer, when its hour is over. */
  #closeLater(): void {
    this.#closing ??= this.#deps.scheduler.after(hourMs, () => {
      this.#closing = undefined;
      this.#addOmitted(this.#quota.close(this.#deps.environment.now()));
      if (this.#quota.hasOmitted) this.#closeLater();
    });
  }

  #addOmitted(omitted: readonly OmittedOfPeer[]): void {
    for (const { peerId: peer_id, count, since } of omitted) {
      this.#deps.trail.add({ kind: 'entries_omitted', reason: 'peer_quota', peer_id, count, since });
    }
  }
}
