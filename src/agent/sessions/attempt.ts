import { type Environment, unixSeconds } from '../../protocol/crypto/environment.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import type { Established } from '../../protocol/handshake/established.ts';
import { limits } from '../../protocol/limits.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { Observer, TraceEvent } from '../../protocol/trace/events.ts';
import { HandshakeNotes } from '../audit/entry/handshake-notes.ts';
import type { AuditRecorder } from '../audit/recorder.ts';
import { failureView } from '../contracts/failures.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import { type SettlingDeps, settleSession } from './settle-session.ts';

/** With whom a session is tried. */
export interface AttemptWith {
  readonly peerId: string;
  readonly peerAddress: string;
  /** The session that is resumed. */
  readonly resumes?: string;
}

/** Where a try is recorded. */
export interface AttemptDeps {
  readonly activity: ActivityLog;
  readonly audit: AuditRecorder;
}

/** A try to make a session as this agent's client, as it is recorded: before it has an id, while it goes on, and its end. */
export class Attempt {
  readonly #activity: ActivityLog;
  readonly #environment: Environment;
  readonly #audit: AuditRecorder;
  readonly #notes = new HandshakeNotes();
  readonly #early: TraceEvent[] = [];
  #sessionId: string | undefined;
  #startedAt: number;

  constructor({ activity, audit }: AttemptDeps, environment: Environment) {
    this.#activity = activity;
    this.#audit = audit;
    this.#environment = environment;
    this.#startedAt = environment.monotonic();
  }

  /** What was observed before the session had an id is recorded once it has one. */
  readonly observe: Observer = (event) => {
    this.#notes.note(event);
    if (this.#sessionId === undefined) this.#early.push(event);
    else this.#activity.trace(this.#sessionId, event);
  };

  /** Starts its clock: all that comes before asks the Controller. */
  startClock(): void {
    this.#startedAt = this.#environment.monotonic();
  }

  /** Gives it an id and shows it from now on. */
  begin(sessionId: string, { peerId, peerAddress, resumes }: AttemptWith): void {
    this.#sessionId = sessionId;
    const createdAt = unixSeconds(this.#environment);
    this.#activity.putSession({
      sessionId,
      peerId,
      peerAddress,
      role: 'client',
      status: 'HANDSHAKING',
      createdAt,
      expiresAt: createdAt + limits.halfOpen,
      sent: 0,
      received: 0,
      unreachable: false,
      ...(resumes === undefined ? {} : { resumes }),
    });
    for (const event of this.#early) this.#activity.trace(sessionId, event);
  }

  /** Makes a session of what it has established; see `settleSession`. */
  succeeded(deps: SettlingDeps, established: Established): Promise<Session> {
    const view = this.#activity.session(established.id);
    if (view === undefined) throw new ParleyError('internal_error', 'The attempt was not recorded.');
    return settleSession(deps, established, { ...view, handshakeMs: this.#elapsed() }, this.#notes);
  }

  /** Records why it failed, and returns that. */
  failed(cause: unknown): unknown {
    const error = asParleyError(cause);
    this.observe({ kind: 'failed', at: this.#environment.monotonic(), code: error.code, detail: error.detail });
    if (this.#sessionId !== undefined) {
      const handshakeMs = this.#elapsed();
      this.#activity.updateSession(this.#sessionId, { status: 'FAILED', failure: failureView(error), handshakeMs });
      const view = this.#activity.session(this.#sessionId);
      if (view !== undefined) this.#audit.failed(view, this.#notes);
    }
    return error;
  }

  #elapsed(): number {
    return this.#environment.monotonic() - this.#startedAt;
  }
}
