import { asParleyError } from '../../../protocol/errors.ts';
import type { OneTalk } from './one-talk.ts';
import type { TalkDeps } from './talk-deps.ts';

/** The longest time that one timer can wait, in milliseconds. */
const longestWait = 2 ** 31 - 1;
/** Milliseconds until what could not be stored is tried again. */
const triedAgainMs = 60_000;

/** Looks at the open requests of groups again when the next of them expires. */
export class Expiries {
  readonly #deps: Pick<TalkDeps, 'port' | 'scheduler' | 'now'>;
  readonly #talkOf: (groupId: string) => OneTalk;
  readonly #timers = new Map<string, { cancel(): void }>();
  #isStopped = false;

  constructor(deps: Pick<TalkDeps, 'port' | 'scheduler' | 'now'>, talkOf: (groupId: string) => OneTalk) {
    this.#deps = deps;
    this.#talkOf = talkOf;
  }

  /** Looks when the next open request of a group expires, in `atLeast` milliseconds at the earliest. */
  arm(groupId: string, atLeast = 1): void {
    if (this.#isStopped) return;
    this.forget(groupId);
    const next = this.#talkOf(groupId).nextExpiry;
    if (next === undefined) return;
    const { scheduler, now } = this.#deps;
    const wait = Math.min(Math.max(atLeast, next - now() + 1), longestWait);
    this.#timers.set(
      groupId,
      scheduler.after(wait, () => void this.#look(groupId)),
    );
  }

  forget(groupId: string): void {
    this.#timers.get(groupId)?.cancel();
    this.#timers.delete(groupId);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) timer.cancel();
  }

  async #look(groupId: string): Promise<void> {
    try {
      await this.#deps.port.keep(groupId, () => this.#talkOf(groupId).lookAgain());
      this.arm(groupId);
    } catch (cause) {
      // What cannot be stored now is tried again.
      asParleyError(cause);
      this.arm(groupId, triedAgainMs);
    }
  }
}
