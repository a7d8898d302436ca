import type { Log } from '../telemetry/log.ts';

/** Milliseconds in which what is found is logged once. */
const quietMs = 60_000;
/** Characters of a key that are logged: whoever forges chooses it. */
const longestKey = 100;

/** Counts what somebody without the group's key has written at NATS, and logs it at most once a minute. */
export class ForgedRecords {
  readonly #log: Log;
  #count = 0;
  #quietUntil = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes in that what stands under `key` was not written by a server of the group. */
  found(key: string): void {
    this.#count += 1;
    if (performance.now() < this.#quietUntil) return;
    this.#quietUntil = performance.now() + quietMs;
    this.#log('warn', 'forged_record', { key: key.slice(0, longestKey), total: this.#count });
  }
}
