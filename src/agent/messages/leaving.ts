import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import type { ExchangeView } from '../contracts/views.ts';
import type { History } from '../history/history.ts';
import type { Away } from './away.ts';
import type { Delivered } from './delivery.ts';
import { rememberedFor } from './idempotency-cache.ts';
import { lastOfPosted, requireRepeatable } from './outgoing-request.ts';
import type { Posted, Posting } from './posting.ts';
import type { Sending } from './sending.ts';

/** What requests are delivered or left with. */
export interface LeavingDeps {
  readonly posting: Pick<Posting, 'deliver'>;
  readonly history: Pick<History, 'keep'>;
  readonly presence: { isAway(peerId: string): Promise<boolean> };
  /** Absent where nothing can be left for a peer. */
  readonly away?: Away | undefined;
  /** Milliseconds since 1970. */
  now(): number;
}

/**
 * Returns until when a request is left where its peer is away, in milliseconds since 1970; undefined for one that is not. `wish`: until when
 * whoever sends it wants that. One that failed before may have gone out over a session.
 */
export function leaveUntil(wish: number | undefined, repeated: ExchangeView | undefined, now: number) {
  if (wish === undefined || repeated === undefined) return wish;
  const until = Math.min(wish, repeated.leaveUntil ?? lastOfPosted(repeated.at));
  return repeated.leaveUntil !== undefined || until > now ? until : undefined;
}

/** Throws `timed_out` for a request that was to be left by now, and `stale_timestamp` for another one that is repeated after 24 h. */
export function requireSendable(until: number | undefined, repeated: ExchangeView | undefined, now: number): void {
  if (until === undefined) requireRepeatable(repeated, now);
  if (until === undefined || until > now) return;
  throw new ParleyError(
    'timed_out',
    'This request expired before it could be left for the peer. If it was sent before, the peer may have run it; its answer is ignored.',
  );
}

/** Returns an exchange as one that is left for nobody: it is settled, or its group's. */
export function withoutWish({ leaveUntil: _, ...exchange }: ExchangeView): ExchangeView {
  return exchange;
}

/** Delivers requests, and leaves those where that is wanted whose peer is away or vanishes. */
export class Leaving {
  readonly #deps: LeavingDeps;

  constructor(deps: LeavingDeps) {
    this.#deps = deps;
  }

  /** Delivers a request, or leaves it. `isGone`: its peer could not be reached a moment ago. Rejects as both do. */
  async deliver(
    sending: Sending,
    posted: Posted,
    view: ExchangeView,
    isGone = false,
  ): Promise<Delivered | { readonly left: ExchangeView }> {
    const { away, posting } = this.#deps;
    if (view.leaveUntil === undefined || away === undefined) return posting.deliver(sending, posted);
    let until = view.leaveUntil;
    if (!isGone && !(await this.#isAway(sending, view))) {
      const lastUntil = await this.#mayBePosted(view);
      try {
        return await posting.deliver(sending, posted);
      } catch (cause) {
        sending.signal.throwIfAborted();
        if (asParleyError(cause).code !== 'peer_unreachable') throw cause;
      }
      if (sending.isPosted) until = lastUntil;
    }
    // The peer knows one that it has run by its id, whichever way it comes again.
    const left = await away.leave(withoutWish(view), until);
    // From here on it is the group's: what ends the waiting ends nothing else.
    return { left: await sending.race(away.stored(left)).catch(() => left) };
  }

  /** True for one that a session takes no more, too: it is a day old. */
  async #isAway(sending: Sending, { at }: ExchangeView): Promise<boolean> {
    const { presence, now } = this.#deps;
    return now() - at > rememberedFor || (await sending.race(presence.isAway(sending.peerId)));
  }

  /** Stores that the peer may have a request from here on: after a restart nobody else knows. Returns until when it can be left then. */
  async #mayBePosted(view: ExchangeView): Promise<number> {
    const wish = view.leaveUntil ?? 0;
    const posted = Math.min(wish, lastOfPosted(view.at));
    if (posted < wish) await this.#deps.history.keep({ ...view, leaveUntil: posted });
    return posted;
  }
}
