import type { ControllerClient } from './controller-client.ts';
import type { Scheduler } from './ports.ts';

/** Milliseconds before the stream is asked for again, doubled with each failure up to the longest. */
const firstWaitMs = 500;
const longestWaitMs = 30_000;
/** Milliseconds for which a stream has to last to count as one that works. */
const provenMs = 5_000;

/** What is done when the Controller has said something. */
export interface EventWatchParts {
  readonly controller: ControllerClient;
  readonly scheduler: Scheduler;
  /** Milliseconds on any clock. */
  readonly now: () => number;
  /** A number from 0 up to 1. */
  readonly chance: () => number;
  revoked(): void;
  directoryChanged(): void;
}

/** Follows the Controller's events for as long as the agent is open, through every break. Returns how to stop. */
export function watchEvents(parts: EventWatchParts): () => void {
  const { controller, scheduler, now, chance } = parts;
  const ended = new AbortController();
  let failures = 0;
  let retry: { cancel(): void } | undefined;
  const follow = async () => {
    const started = now();
    try {
      await controller.listen((type) => {
        if (type === 'certificate_revoked') parts.revoked();
        parts.directoryChanged();
      }, ended.signal);
    } catch {
      // Whatever broke it, it is asked for again.
    }
    if (ended.signal.aborted) return;
    failures = now() - started > provenMs ? 0 : failures + 1;
    const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** failures) * (0.5 + 0.5 * chance());
    retry = scheduler.after(wait, () => {
      // What was said meanwhile was not heard.
      parts.revoked();
      parts.directoryChanged();
      void follow();
    });
  };
  void follow();
  return () => {
    ended.abort();
    retry?.cancel();
  };
}
