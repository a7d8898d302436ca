import type { Scheduler } from '../contracts/ports.ts';
import type { RecordingStore } from '../contracts/recording-store.ts';
import type { SessionView } from '../contracts/views.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import { openRecording, placeOf, type RecordingPlace, sealRecording } from './recording-record.ts';
import type { RecordContext } from './sealed-exchange.ts';
import { recordingLimits, whichGo } from './which-stay.ts';

/** Milliseconds between two writings: many handshakes at once are one transaction. */
const pauseMs = 1_000;

/** What keeping recordings takes. */
export interface KeptRecordingsDeps extends RecordContext {
  readonly store: RecordingStore;
  readonly scheduler: Scheduler;
  readonly activity: ActivityLog;
}

/** The recordings of an agent's newest sessions, stored encrypted and shown again after a restart. */
export class KeptRecordings {
  readonly #deps: KeptRecordingsDeps;
  readonly #places = new Map<string, RecordingPlace>();
  readonly #changed = new Set<string>();
  /** What the writing that is under way takes. */
  #writing: readonly RecordingPlace[] = [];
  /** What each deletion that is under way takes: none of it is written meanwhile. */
  readonly #deleting = new Set<ReadonlySet<string>>();
  /** What a person deleted of sessions that are still shown: it is not stored again when its session goes on. */
  readonly #deleted = new Set<string>();
  #underWay: Promise<void> | undefined;
  #pause: { cancel(): void } | undefined;
  #unfollow = () => {};
  #isStopped = false;

  private constructor(deps: KeptRecordingsDeps) {
    this.#deps = deps;
  }

  /**
   * Shows the stored recordings and stores new ones from then on. What cannot be read is left out; a recording is no
   * reason for an agent not to start.
   */
  static async open(deps: KeptRecordingsDeps): Promise<KeptRecordings> {
    const recordings = new KeptRecordings(deps);
    await recordings.#restore().catch(() => undefined);
    recordings.#unfollow = deps.activity.follow({
      trace: (sessionId, _peerId, { kind }) => {
        if (kind === 'epoch') recordings.#mark(sessionId);
      },
      session: (now, before) => {
        if (now.status !== before?.status && isWorthKeeping(now)) recordings.#mark(now.sessionId);
      },
    });
    return recordings;
  }

  /**
   * Deletes the recordings that `isOne` chooses, also those that are still to be written, and shows those of ended sessions no more.
   * Rejects with `storage_failed`; then they stay.
   */
  async drop(isOne: (place: RecordingPlace) => boolean): Promise<void> {
    const gone = new Set(
      this.#known()
        .filter(isOne)
        .map(({ sessionId }) => sessionId),
    );
    if (gone.size === 0) return;
    this.#deleting.add(gone);
    try {
      await this.settled();
      await this.#deps.store.saveRecordings([], [...gone]);
      this.#forget(gone);
    } finally {
      this.#deleting.delete(gone);
      // What could not be deleted, and has changed meanwhile, is written as if nobody had tried.
      if (this.#pause === undefined) this.#write();
    }
  }

  /** Returns where every recording stands that is stored, is being written or waits to be. */
  #known(): readonly RecordingPlace[] {
    const waiting = [...this.#changed].flatMap((id) => this.#deps.activity.session(id) ?? []).filter(isWorthKeeping);
    return [...this.#places.values(), ...this.#writing, ...waiting.map(placeOf)];
  }

  #forget(gone: ReadonlySet<string>): void {
    const { activity } = this.#deps;
    for (const sessionId of gone) {
      this.#places.delete(sessionId);
      this.#changed.delete(sessionId);
    }
    activity.dropEnded([...gone]);
    // Only what is still shown can be marked again: what has gone needs no memory.
    for (const sessionId of [...this.#deleted, ...gone]) {
      if (activity.session(sessionId) === undefined) this.#deleted.delete(sessionId);
      else this.#deleted.add(sessionId);
    }
  }

  /** Deletes the recordings of all sessions that are not shown any more. Rejects with `storage_failed`. */
  dropUnshown(): Promise<void> {
    return this.drop(({ sessionId }) => this.#deps.activity.session(sessionId) === undefined);
  }

  /** Resolves when what was marked so far is written, or has failed to be. */
  async settled(): Promise<void> {
    while (this.#underWay !== undefined) await this.#underWay;
  }

  /** Stores nothing that comes from now on. */
  stop(): void {
    this.#isStopped = true;
    this.#unfollow();
    this.#pause?.cancel();
    this.#pause = undefined;
    this.#write();
  }

  async #restore(): Promise<void> {
    for (const stored of await this.#deps.store.loadRecordings()) {
      const recording = await openRecording(this.#deps, stored);
      this.#places.set(stored.sessionId, stored);
      if (recording === undefined) continue;
      const { session, events } = recording;
      this.#deps.activity.restore({ ...session, status: afterRestart(session), isStored: true }, events);
    }
  }

  #mark(sessionId: string): void {
    if (this.#deleted.has(sessionId)) return;
    this.#changed.add(sessionId);
    if (this.#pause === undefined) this.#write();
  }

  #write(): void {
    if (this.#underWay !== undefined || this.#writable().length === 0) return;
    // Without room, or with a broken disk, the agent works without recordings; the history says that nothing can be stored.
    this.#underWay = this.#writeChanged()
      .catch(() => undefined)
      .finally(() => {
        this.#underWay = undefined;
        this.#writing = [];
        if (this.#isStopped) this.#write();
      });
    if (this.#isStopped) return;
    this.#pause = this.#deps.scheduler.after(pauseMs, () => {
      this.#pause = undefined;
      this.#write();
    });
  }

  /** Returns what has changed and nobody is deleting. */
  #writable(): readonly string[] {
    return [...this.#changed].filter((id) => !this.#isBeingDeleted(id));
  }

  #isBeingDeleted(sessionId: string): boolean {
    return [...this.#deleting].some((gone) => gone.has(sessionId));
  }

  async #writeChanged(): Promise<void> {
    // What else this moment brings is written with it.
    await Promise.resolve();
    const { activity, store } = this.#deps;
    const ids = this.#writable();
    for (const id of ids) this.#changed.delete(id);
    const sessions = ids.flatMap((id) => activity.session(id) ?? []).filter(isWorthKeeping);
    this.#writing = sessions.map(placeOf);
    const after = new Map([...this.#places, ...this.#writing.map((one) => [one.sessionId, one] as const)]);
    const gone = new Set(whichGo([...after.values()]));
    const written = await Promise.all(
      sessions
        .filter(({ sessionId }) => !gone.has(sessionId) && activity.traceOf(sessionId).length > 0)
        .map((session) => sealRecording(this.#deps, { session, events: activity.traceOf(session.sessionId) })),
    );
    const fitting = written.filter(({ ciphertext }) => ciphertext.length <= recordingLimits.bytesOfOne);
    const saved = fitting.filter(({ sessionId }) => !this.#isBeingDeleted(sessionId));
    for (const { sessionId } of fitting) if (this.#isBeingDeleted(sessionId)) this.#changed.add(sessionId);
    const dropped = [...gone].filter((id) => this.#places.has(id));
    if (saved.length + dropped.length === 0) return;
    await store.saveRecordings(saved, dropped);
    for (const id of dropped) this.#places.delete(id);
    for (const { sessionId, peerId, at, isFull } of saved)
      this.#places.set(sessionId, { sessionId, peerId, at, isFull });
  }
}

/** True for a session whose peer is proven, or that this agent itself began: strangers’ refused hellos are not stored. */
function isWorthKeeping({ status, role, keyFingerprint }: SessionView): boolean {
  return status !== 'HANDSHAKING' && (role === 'client' || keyFingerprint !== undefined);
}

/** What a session of an earlier run is: its keys were in memory. */
function afterRestart({ status }: SessionView): SessionView['status'] {
  return status === 'ESTABLISHED' || status === 'HANDSHAKING' ? 'CLOSED' : status;
}
