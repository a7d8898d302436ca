import { describeCertificate } from '../../pki/describe.ts';
import { asParleyError, type ParleyError } from '../../protocol/errors.ts';
import type { Scheduler, StoredRegistration } from '../contracts/ports.ts';

/** Part of a certificate's life after which it is renewed: ten days before the end of thirty. */
const renewAt = 2 / 3;
/** Part of its life over which agents spread their renewals. */
const spread = 1 / 24;
/** Milliseconds between looks at the clock: a machine that slept looks soon after it wakes. */
const lookMs = 60 * 60_000;
/** Milliseconds before a renewal that failed is tried again, doubled with each failure up to the longest; longer if it is asked for. */
const firstWaitMs = 60_000;
const longestWaitMs = 60 * 60_000;

/** When a pair of certificates begins, ends and is to be renewed. Unix seconds. */
export interface Lifetime {
  readonly notAfter: number;
  readonly renewAt: number;
}

/** Returns the life of a registration's certificates; `chance` from 0 up to 1 spreads renewals. */
export async function lifetimeOf({ certificates }: StoredRegistration, chance = 0): Promise<Lifetime> {
  const both = await Promise.all([certificates.signing, certificates.encryption].map(describeCertificate));
  const notBefore = Math.max(...both.map((certificate) => certificate.notBefore));
  const notAfter = Math.min(...both.map((certificate) => certificate.notAfter));
  return { notAfter, renewAt: notBefore + (notAfter - notBefore) * (renewAt + spread * chance) };
}

/** What renewing needs of its agent. */
export interface RenewalDeps {
  readonly scheduler: Scheduler;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A number from 0 up to 1. */
  readonly chance: () => number;
  /** Registers again and takes the new certificates into use; rejects when either fails. */
  renew(): Promise<StoredRegistration>;
  /** Hears of every failure, and of `undefined` once it is over. */
  told(failure: ParleyError | undefined): void;
}

/**
 * Renews an agent's certificates well before they end, for as long as the agent is open. What is due is decided by timestamps,
 * not by how long a timer ran. A renewal that fails is tried again, also after the certificates have ended.
 */
export class Renewal {
  readonly #deps: RenewalDeps;
  #lifetime: Lifetime;
  #timer: { cancel(): void } | undefined;
  #failures = 0;
  /** Milliseconds since 1970 before which a renewal that failed is not tried again. */
  #notBefore = 0;
  #isUnderWay = false;
  #isStopped = false;

  constructor(deps: RenewalDeps, lifetime: Lifetime) {
    this.#deps = deps;
    this.#lifetime = lifetime;
    this.#wait();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #wait(): void {
    if (this.#isStopped) return;
    const ms = Math.min(lookMs, Math.max(1_000, this.#dueIn(this.#deps.now())));
    this.#timer = this.#deps.scheduler.after(ms, () => void this.#look());
  }

  async #look(): Promise<void> {
    if (!this.#isUnderWay && this.#dueIn(this.#deps.now()) <= 0) await this.#renew();
    this.#wait();
  }

  /**
   * Returns the milliseconds from `now` until it is to be renewed. A wait longer than the longest was begun by a
   * clock that was ahead: it is over.
   */
  #dueIn(now: number): number {
    const wait = this.#notBefore - now;
    return Math.max(this.#lifetime.renewAt * 1_000 - now, wait > longestWaitMs ? 0 : wait);
  }

  async #renew(): Promise<void> {
    const { renew, told, chance, now } = this.#deps;
    this.#isUnderWay = true;
    try {
      this.#lifetime = await lifetimeOf(await renew(), chance());
      this.#failures = 0;
      this.#notBefore = 0;
      if (!this.#isStopped) told(undefined);
    } catch (cause) {
      const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** this.#failures) * (0.5 + 0.5 * chance());
      const error = asParleyError(cause);
      const asked = Math.min(longestWaitMs, 1_000 * (error.retryAfter ?? 0));
      this.#failures += 1;
      this.#notBefore = now() + Math.max(asked, wait);
      if (!this.#isStopped) told(error);
    } finally {
      this.#isUnderWay = false;
    }
  }
}
