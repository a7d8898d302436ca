import type { LogLevel } from '../options/log-style.ts';
import type { Facts, Log } from './log.ts';
import type { LogEvent } from './log-events.ts';

/** Milliseconds for which events of one kind are written together. */
const windowMs = 60_000;
/** Events of one kind that are written singly in that time. */
const mostSingle = 5;
/** Milliseconds between two looks for times that are over. */
const sweepMs = 5_000;

interface Window {
  readonly level: LogLevel;
  readonly event: LogEvent;
  readonly kind: Facts;
  readonly beganAt: number;
  written: number;
  withheld: number;
}

/**
 * Writes what strangers can cause as often as they like: of each minute the first five events of a kind as they are, the others as
 * one line that counts them (`repeated`), so that a flood does not flood the log and does not hide for ever who comes after it.
 */
export class BoundedLog {
  readonly #log: Log;
  readonly #now: () => number;
  readonly #windows = new Map<string, Window>();

  /** `now` is in milliseconds of a clock that does not go back. */
  constructor(log: Log, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  /**
   * Writes an event, or counts it. `kind` are the facts that are the same for all events of a kind, of which there are few; `facts`
   * are the others.
   */
  write(level: LogLevel, event: LogEvent, kind: Facts, facts: Facts = {}): void {
    const name = JSON.stringify([event, kind]);
    const now = this.#now();
    const window = this.#windows.get(name) ?? { level, event, kind, beganAt: now, written: 0, withheld: 0 };
    this.#windows.set(name, window);
    if (window.written >= mostSingle) {
      window.withheld += 1;
      return;
    }
    window.written += 1;
    this.#log(level, event, { ...kind, ...facts });
  }

  /** Writes what was counted in minutes that are over. The next event of such a kind begins another. */
  sweep(): void {
    const now = this.#now();
    for (const [name, window] of this.#windows) {
      if (now - window.beganAt < windowMs) continue;
      if (window.withheld > 0) this.#summarise(window, now);
      this.#windows.delete(name);
    }
  }

  /** Sweeps from now on, until the function it returns is called, which writes everything that was counted. */
  start(): () => void {
    const sweeping = setInterval(() => this.sweep(), sweepMs).unref();
    return () => {
      clearInterval(sweeping);
      for (const window of this.#windows.values()) if (window.withheld > 0) this.#summarise(window, this.#now());
      this.#windows.clear();
    };
  }

  #summarise({ level, event, kind, withheld, beganAt }: Window, now: number): void {
    this.#log(level, event, { ...kind, repeated: withheld, seconds: Math.round((now - beganAt) / 1_000) });
  }
}
