import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { Resumptions } from '../sessions/resumptions.ts';
import type { SessionTable } from '../sessions/session-table.ts';
import type { Delivery } from './delivery.ts';
import type { StreamCalls } from './stream-calls.ts';

const closeDeadlineMs = 3_000;

/** What sessions are closed with. */
export interface ClosingDeps {
  readonly delivery: Pick<Delivery, 'post'>;
  readonly streamCalls: Pick<StreamCalls, 'told'>;
  readonly scheduler: Scheduler;
  readonly sessions: SessionTable;
  readonly resumptions: Resumptions;
  newId(): string;
}

/** Closes sessions for good. */
export class Closing {
  readonly #deps: ClosingDeps;

  constructor(deps: ClosingDeps) {
    this.#deps = deps;
  }

  /**
   * Sends CLOSE once and ends the session for good (protocol page, section 4). Its keys go also when the peer could not be told, or
   * when what resumes it could not be deleted: then it rejects.
   */
  async close(session: Session): Promise<void> {
    const { sessions, resumptions, delivery, streamCalls, newId } = this.#deps;
    const message = { message_type: 'CLOSE', request_id: `close_${newId()}` };
    const { agentId } = session.peer;
    // First of all: whoever closes the page right after has disconnected all the same.
    const failed = await resumptions.forgetPeer(agentId).then(() => undefined, asParleyError);
    // A stream belongs to no session: a peer that has not heard of its end would go on making it.
    await streamCalls.told();
    try {
      await this.#within(closeDeadlineMs, delivery.post(session, message, { deadlineMs: closeDeadlineMs }));
    } finally {
      sessions.end(session, 'CLOSED');
      // An update that was under way may have kept the session anew; of one that has ended, nothing is kept. A newer one stays.
      await resumptions.forget(session.id, agentId);
    }
    if (failed !== undefined) throw failed;
  }

  /** Waits no longer, also for a network that waits for its connection; what is under way may still arrive. */
  async #within(ms: number, work: Promise<unknown>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timeout = this.#deps.scheduler.after(ms, () =>
      late.reject(new ParleyError('peer_unreachable', 'The peer could not be told in time.')),
    );
    work.catch(() => undefined);
    try {
      await Promise.race([work, late.promise]);
    } finally {
      timeout.cancel();
    }
  }
}
