import { describeCertificate } from '../pki/describe.ts';
import type { Bytes } from '../protocol/bytes.ts';
import type { Log } from './telemetry/log.ts';

/** Milliseconds between looks. */
const everyMs = 60_000;
const daySeconds = 86_400;
/** Days before its end from which on the CA's end is logged. */
const warningDays = 180;

/** When the CA of a server ends: every agent has to be made anew then, so that its operator hears of it long before. */
export class CaEnd {
  readonly #log: Log;
  readonly #now: () => number;
  #known: { readonly fingerprint: string; readonly notAfter: number } | undefined;
  #saidOn: number | undefined;

  /** `now` gives Unix seconds. */
  constructor(log: Log, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** Learns the CA's certificate (DER), and says when it ends soon. */
  async learn(certificate: Bytes): Promise<void> {
    const { fingerprint, notAfter } = await describeCertificate(certificate);
    this.#known = { fingerprint, notAfter };
    this.look();
  }

  /** Returns the CA's fingerprint and its end in Unix seconds; undefined before the certificate is known. */
  get known(): { readonly fingerprint: string; readonly notAfter: number } | undefined {
    return this.#known;
  }

  /** Returns the seconds left; 0 before the certificate is known. */
  get secondsLeft(): number {
    return this.#known === undefined ? 0 : this.#known.notAfter - this.#now();
  }

  /** Logs, at most once a day, that the end is near. */
  look(): void {
    const days = Math.floor(this.secondsLeft / daySeconds);
    const today = Math.floor(this.#now() / daySeconds);
    if (this.#known === undefined || days >= warningDays || this.#saidOn === today) return;
    this.#saidOn = today;
    this.#log('warn', 'ca_ends', { days_left: days, not_after: new Date(this.#known.notAfter * 1_000).toISOString() });
  }

  /** Looks from now on, until the function it returns is called. */
  start(): () => void {
    const looking = setInterval(() => this.look(), everyMs).unref();
    return () => clearInterval(looking);
  }
}
