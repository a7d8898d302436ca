import { asParleyError } from '../../protocol/errors.ts';
import type { EventFeed, Scheduler } from '../contracts/ports.ts';
import type { ControllerClient } from './client.ts';

/** Milliseconds before the stream is asked for again, doubled with each failure up to the longest. */
const firstWaitMs = 500;
const longestWaitMs = 30_000;
/** The longest time for which whoever refuses the stream keeps it from being asked for again, in milliseconds. */
const longestAskedMs = 300_000;
/** Milliseconds for which a stream has to last to count as one that works. */
const provenMs = 5_000;
/** Milliseconds without a sign of life after which a stream counts as dead: two and a half of the Controller's heartbeats. */
const silentMs = 37_500;
/**
 * Milliseconds between two looks at the directory, however often it changes; doubled for as long as it goes on changing, so that
 * one agent that comes and goes does not keep every other one busy.
 */
const directoryMs = 1_000;
const longestDirectoryMs = 8_000;

/** What is done when the Controller has said something. */
export interface EventWatchDeps {
  readonly controller: ControllerClient;
  readonly scheduler: Scheduler;
  /** Milliseconds on any clock. */
  readonly now: () => number;
  /** A number from 0 up to 1. */
  readonly chance: () => number;
  /** Events on a connection that the agent has anyway. Without it, or where it has none, the Controller's stream is followed. */
  readonly feed: EventFeed | undefined;
  revoked(): void;
  directoryChanged(): void;
}

/** Follows the Controller's events while the agent is open, through every break. Returns how to stop. */
export function watchEvents(deps: EventWatchDeps): () => void {
  const directory = atMostEvery(
    { ms: directoryMs, longestMs: longestDirectoryMs, now: deps.now },
    deps.scheduler,
    deps.directoryChanged,
  );
  const heard = (type: string) => {
    if (type === 'certificate_revoked') deps.revoked();
    directory.call();
  };
  /** Events that were told while nobody listened. */
  const missed = () => {
    deps.revoked();
    directory.call();
  };
  let stopStream: (() => void) | undefined;
  const follow = () => {
    stopStream ??= followStream(deps, heard, missed);
  };
  const leave = () => {
    stopStream?.();
    stopStream = undefined;
  };
  if (deps.feed === undefined) follow();
  const stopFeed = deps.feed?.follow({
    heard,
    began: (hasEvents) => {
      if (hasEvents) leave();
      else follow();
      missed();
    },
  });
  return () => {
    stopFeed?.();
    leave();
    directory.cancel();
  };
}

/** Follows the Controller's stream of events until the function it returns is called. */
function followStream(deps: EventWatchDeps, heard: (type: string) => void, missed: () => void): () => void {
  const { controller, scheduler, now, chance } = deps;
  const ended = new AbortController();
  let failures = 0;
  let retry: { cancel(): void } | undefined;
  const listen = async () => {
    const started = now();
    const silent = new AbortController();
    let asked = 0;
    let alarm = scheduler.after(silentMs, () => silent.abort());
    const alive = () => {
      alarm.cancel();
      alarm = scheduler.after(silentMs, () => silent.abort());
    };
    try {
      await controller.listen({ heard, alive }, AbortSignal.any([ended.signal, silent.signal]));
    } catch (cause) {
      // Whatever broke it, it is asked for again.
      asked = Math.min(longestAskedMs, 1_000 * (asParleyError(cause).retryAfter ?? 0));
    } finally {
      alarm.cancel();
    }
    if (ended.signal.aborted) return;
    failures = now() - started > provenMs ? 0 : failures + 1;
    const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** failures) * (0.5 + 0.5 * chance());
    retry = scheduler.after(Math.max(asked, wait), () => {
      missed();
      void listen();
    });
  };
  void listen();
  return () => {
    ended.abort();
    retry?.cancel();
  };
}

/**
 * Calls `task` at once, and again after a pause of `ms` milliseconds when it was asked for meanwhile. The pause doubles, up to
 * `longestMs`, while it is asked for again before as long a time has passed; `now` is in milliseconds.
 */
function atMostEvery(
  { ms, longestMs, now }: { readonly ms: number; readonly longestMs: number; readonly now: () => number },
  scheduler: Scheduler,
  task: () => void,
): { call(): void; cancel(): void } {
  let pause: { cancel(): void } | undefined;
  let isWanted = false;
  let wait = ms;
  let endedAt = Number.NEGATIVE_INFINITY;
  const run = () => {
    isWanted = false;
    wait = now() - endedAt >= wait ? ms : Math.min(longestMs, wait * 2);
    pause = scheduler.after(wait, () => {
      pause = undefined;
      endedAt = now();
      if (isWanted) run();
    });
    task();
  };
  return {
    call: () => {
      if (pause === undefined) run();
      else isWanted = true;
    },
    cancel: () => pause?.cancel(),
  };
}
