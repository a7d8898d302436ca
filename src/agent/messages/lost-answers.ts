import type { Environment } from '../../protocol/crypto/environment.ts';
import { asParleyError, type ErrorCode, type ParleyError } from '../../protocol/errors.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { Pauses } from '../sessions/pauses.ts';
import type { ActivityLog } from '../state/activity-log.ts';

/** Milliseconds after which nothing is repeated any more by itself: a network may have each try wait for a connection. */
const repeatForMs = 180_000;
/** Codes after which the same request is sent again: no answer came, or the peer is only just starting. */
const lost: readonly ErrorCode[] = ['peer_unreachable', 'replayed_message', 'unavailable', 'rate_limited'];
/** Milliseconds to wait for whoever refuses for now, at most. */
const longestRefusalMs = 5_000;

/** What repetitions are made with. */
export interface LostAnswersDeps {
  readonly environment: Environment;
  readonly activity: ActivityLog;
  readonly pauses: Pauses;
}

/** Asks again for answers that were lost. */
export class LostAnswers {
  readonly #deps: LostAnswersDeps;

  constructor(deps: LostAnswersDeps) {
    this.#deps = deps;
  }

  /**
   * Runs `ask` until it is answered, in a new envelope each time (protocol page, section 4), after each of `waitsMs` milliseconds. An
   * answer is also lost when the peer has had this very envelope before: the wire has doubled it, and the answer went with the copy.
   * Rejects with what the last try threw.
   */
  async repeat<T>(session: Session, waitsMs: readonly number[], ask: () => Promise<T>): Promise<T> {
    const { activity, environment, pauses } = this.#deps;
    const started = environment.monotonic();
    for (let attempt = 0; ; attempt++) {
      try {
        const result = await ask();
        activity.updateSession(session.id, { unreachable: false });
        return result;
      } catch (cause) {
        const error = asParleyError(cause);
        const usual = waitsMs[attempt];
        const wait = usual === undefined ? undefined : Math.max(usual, retryAfterMs(error));
        const isLost = lost.includes(error.code);
        if (!isLost || wait === undefined || environment.monotonic() - started >= repeatForMs) {
          if (error.code === 'peer_unreachable') activity.updateSession(session.id, { unreachable: true });
          throw error;
        }
        await pauses.of(wait);
      }
    }
  }
}

function retryAfterMs({ retryAfter = 0 }: ParleyError): number {
  return Math.min(longestRefusalMs, 1_000 * retryAfter);
}
