import { sha256 } from '../../crypto/hash.ts';
import type { Subtle } from '../../crypto/subtle.ts';
import { ParleyError } from '../../errors.ts';
import { encodeUtf8 } from '../../scratch-buffer.ts';
import type { JsonObject } from '../../wire/json.ts';

/** Updates of one peer in one session whose answers are remembered: one that was lost is asked for again within an epoch or two. */
const mostAnswers = 64;
/** Updates of one peer in one session, each of which is remembered to have run; with 1,000 messages a second it has 3,600 in its hour. */
const mostUpdates = 16_384;

/** Returns the first 48 bits of a request_id's SHA-256, as a number: a name that costs as much memory for the longest id as for any other. */
export async function nameOfUpdate(subtle: Subtle, requestId: string): Promise<number> {
  const hash = await sha256(subtle, encodeUtf8(requestId));
  return hash.subarray(0, 6).reduce((name, byte) => 256 * name + byte, 0);
}

/** The peer's updates of one session that were answered: each runs once (protocol page, section 4). */
export class AnsweredUpdates {
  /** By request_id, the oldest first. */
  readonly #answers = new Map<string, JsonObject>();
  /** The names of all of them. */
  readonly #ran = new Set<number>();

  /** Returns what an update was answered, or undefined for one that has not run. Throws `unknown_epoch` for one that ran too long ago. */
  answerTo(requestId: string, name: number): JsonObject | undefined {
    const answer = this.#answers.get(requestId);
    if (answer === undefined && this.#ran.has(name)) {
      throw new ParleyError('unknown_epoch', 'This key update ran before, and the epoch that it began has ended.');
    }
    return answer;
  }

  /** Throws `unknown_epoch` when a session has had as many updates as it may. */
  requireRoom(): void {
    if (this.#ran.size >= mostUpdates) {
      throw new ParleyError('unknown_epoch', 'This session has updated its keys too often. Connect again.');
    }
  }

  /** Remembers what an update was answered; the oldest answer is forgotten, but not that it ran. */
  remember(requestId: string, name: number, answer: JsonObject): void {
    const oldest = this.#answers.keys().next();
    if (this.#answers.size >= mostAnswers && oldest.done !== true) this.#answers.delete(oldest.value);
    this.#answers.set(requestId, answer);
    this.#ran.add(name);
  }
}
