import { type TranscriptHash, toHex } from '../bytes.ts';
import type { Environment } from '../crypto/environment.ts';
import { asParleyError, type ParleyError } from '../errors.ts';
import {
  type CheckName,
  type Fingerprints,
  type MessageName,
  type Observer,
  type OperationName,
  type TranscriptName,
  unobserved,
} from './events.ts';

/** Times each step of one message's handling and tells the observer, so that checks and their record cannot differ. */
export class StepRecorder {
  readonly #environment: Environment;
  readonly #observe: Observer;
  readonly #of: MessageName;
  /** False when nobody watches: then no clock is read and no event is made. */
  readonly #isWatched: boolean;

  constructor(environment: Environment, observe: Observer, of: MessageName) {
    this.#environment = environment;
    this.#observe = observe;
    this.#of = of;
    this.#isWatched = observe !== unobserved;
  }

  /** Runs a check of the protocol; what it throws is recorded under its code and thrown on as a `ParleyError`. */
  async check<T>(check: CheckName, body: () => T | Promise<T>, note?: (result: T) => string): Promise<T> {
    const started = this.#now();
    let result: T;
    try {
      result = await body();
    } catch (cause) {
      throw this.#failed(check, started, cause);
    }
    if (this.#isWatched) this.#passed(check, started, note?.(result));
    return result;
  }

  /** Runs `check` for a check that waits for nothing. */
  checkNow<T>(check: CheckName, body: () => T): T {
    const started = this.#now();
    let result: T;
    try {
      result = body();
    } catch (cause) {
      throw this.#failed(check, started, cause);
    }
    if (this.#isWatched) this.#passed(check, started, undefined);
    return result;
  }

  #now(): number {
    return this.#isWatched ? this.#environment.monotonic() : 0;
  }

  #passed(check: CheckName, started: number, note: string | undefined): void {
    const at = this.#environment.monotonic();
    const duration = at - started;
    const event = { kind: 'check', at, of: this.#of, check, duration, outcome: 'passed' } as const;
    this.#observe(note === undefined ? event : { ...event, note });
  }

  #failed(check: CheckName, started: number, cause: unknown): ParleyError {
    const error = asParleyError(cause);
    if (!this.#isWatched) return error;
    const at = this.#environment.monotonic();
    const duration = at - started;
    const { code, detail } = error;
    this.#observe({ kind: 'check', at, of: this.#of, check, duration, outcome: 'failed', code, detail });
    return error;
  }

  /** Runs work that is not a check. */
  async operation<T>(operation: OperationName, body: () => T | Promise<T>): Promise<T> {
    if (!this.#isWatched) return body();
    const started = this.#environment.monotonic();
    const result = await body();
    const at = this.#environment.monotonic();
    this.#observe({ kind: 'operation', at, operation, duration: at - started });
    return result;
  }

  /** Records a transcript hash. */
  transcript(name: TranscriptName, hash: TranscriptHash): void {
    if (!this.#isWatched) return;
    this.#observe({ kind: 'transcript', at: this.#environment.monotonic(), name, hash: toHex(hash) });
  }

  /** Records fingerprints of secrets, in the order in which they are given. */
  fingerprints(fingerprints: Fingerprints): void {
    const at = this.#environment.monotonic();
    for (const [of, fingerprint] of fingerprints) this.#observe({ kind: 'fingerprint', at, of, fingerprint });
  }

  /** Records a message that went over the wire. */
  message(direction: 'sent' | 'received', message: MessageName, body: Uint8Array): void {
    if (!this.#isWatched) return;
    this.#observe({
      kind: 'message',
      at: this.#environment.monotonic(),
      direction,
      message,
      body: decoder.decode(body),
      size: body.length,
    });
  }
}

const decoder = new TextDecoder('utf-8');
