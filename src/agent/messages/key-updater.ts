import type { Session } from '../../protocol/session/session.ts';
import type { SessionTable } from '../sessions/session-table.ts';
import type { LostAnswers } from './lost-answers.ts';
import type { MessageExchange } from './message-exchange.ts';

/** Milliseconds before each repetition of a key update, for which somebody may be waiting at the screen. */
const retryAfterMs: readonly number[] = [150, 450];
const deadlineMs = 10_000;

/** What keys are updated with. */
export interface KeyUpdaterDeps {
  readonly exchange: MessageExchange;
  readonly lostAnswers: Pick<LostAnswers, 'repeat'>;
  readonly sessions: Pick<SessionTable, 'renewed'>;
  newId(): string;
}

/** Sends what the key updates of sessions ask for, and waits for what they wait for (protocol page, section 4). */
export class KeyUpdater {
  readonly #deps: KeyUpdaterDeps;
  /** Settles when a try of a session's own update has succeeded or failed. */
  readonly #underWay = new WeakMap<Session, Promise<void>>();

  constructor(deps: KeyUpdaterDeps) {
    this.#deps = deps;
  }

  /**
   * Brings a session into its next epoch. A try that was not answered is repeated; when it rejects, the next call repeats it once more.
   * Returns the number of the newest epoch: still the old one while the peer's own update, which stands when both start one, is on its
   * way. Rejects with what posting and opening throw, and with `key_exchange_failed`.
   */
  async update(session: Session): Promise<number> {
    const { lostAnswers, sessions } = this.#deps;
    await lostAnswers.repeat(session, retryAfterMs, () => this.#once(session));
    sessions.renewed(session);
    return session.epochNumber;
  }

  /** Waits until this side's own update is settled, for an envelope of the next epoch; one that was not answered is sent again. */
  async settle(session: Session): Promise<void> {
    const underWay = this.#underWay.get(session);
    const settling = underWay ?? (session.hasUnansweredUpdate ? this.update(session) : undefined);
    // Whatever failed, the envelope's own check of its epoch decides.
    await settling?.catch(() => undefined);
  }

  /** Sends this side's own update again when it waits for its repetition: the peer was told that it stands. */
  resume(session: Session): void {
    if (session.hasUnansweredUpdate && !this.#underWay.has(session)) this.update(session).catch(() => undefined);
  }

  /** Makes one try for all who ask at the same time. */
  #once(session: Session): Promise<void> {
    const underWay = this.#underWay.get(session) ?? this.#try(session).finally(() => this.#underWay.delete(session));
    this.#underWay.set(session, underWay);
    return underWay;
  }

  async #try(session: Session): Promise<void> {
    const { exchange, newId } = this.#deps;
    const context = exchange.contextOf(session);
    const step = session.startKeyUpdate(context, () => `update_${newId()}`);
    if (step.kind === 'wait') {
      await step.until;
      return;
    }
    try {
      const message = await step.message;
      // The answer still travels in the old epoch: one of the next is not waited for here.
      const answer = await exchange.ask(session, message, { deadlineMs }, { epoch: step.epoch });
      await session.finishKeyUpdate(context, step.epoch, await exchange.open(session, message, answer));
    } catch (error) {
      if (session.failKeyUpdate(step.epoch) === 'repeat') throw error;
    }
  }
}
