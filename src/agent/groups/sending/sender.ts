import { createMessageEntry } from '../../../group/member/create-message-entry.ts';
import { mustCommitFirst } from '../../../group/member/healing.ts';
import { parsePayload } from '../../../group/payload/parse.ts';
import type { ReadPayload } from '../../../group/payload/payload.ts';
import { type Environment, unixSeconds } from '../../../protocol/crypto/environment.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { failureView } from '../../contracts/failures.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import type { DeliveryService } from '../service/delivery-service.ts';
import type { Group } from '../state/group.ts';
import type { Progress } from '../state/progress.ts';
import type { QueuedPayload } from '../state/queued-payload.ts';
import type { TalkOfGroups } from '../talk/ports.ts';

/** Milliseconds after which an entry that the service has taken, and that is not found in its log, is appended again. */
const againMs = 5_000;

/** What payloads are sent with. */
export interface SenderDeps {
  readonly service: Pick<DeliveryService, 'append'>;
  readonly talk: Pick<TalkOfGroups, 'lost'>;
  readonly rows: Pick<GroupRows, 'all'>;
  readonly environment: Pick<Environment, 'subtle' | 'random' | 'now'>;
}

/**
 * Sends what waits in a group, in its order (groups page, section 5, *Storage*): encrypt, one transaction, append; the same bytes again
 * until the service has answered; on 409 the payload is encrypted anew in the epoch that came between.
 */
export class Sender {
  readonly #deps: SenderDeps;
  readonly #group: Group;
  /**
   * When the service last took an entry, in milliseconds since 1970, by its entry_id. Its place in the log is found by reading on; one that
   * is not found was lost by a restore, or is read from a server that is behind: the same bytes are appended again, which changes nothing
   * where the service has them.
   */
  readonly #stored = new Map<string, number>();

  constructor(deps: SenderDeps, group: Group) {
    this.#deps = deps;
    this.#group = group;
  }

  /**
   * Appends what waits, up to the first that cannot be sent now. The log was read to its end before. `maySend` is asked before each: a member
   * may be distrusted meanwhile.
   */
  async work(maySend: () => boolean): Promise<Progress> {
    const made = new Set(this.#group.outbox.map(({ entry }) => entry.entryId));
    for (const entryId of [...this.#stored.keys()]) if (!made.has(entryId)) this.#stored.delete(entryId);
    let progress: Progress = { kind: 'nothing' };
    for (const queued of [...this.#group.queue]) {
      if (!maySend()) return progress;
      const sent = await this.#send(queued);
      if (sent === 'not now') return progress;
      if (sent === 'not found yet') {
        if (progress.kind === 'nothing') progress = { kind: 'moved', again: this.#deps.environment.now() + againMs };
        continue;
      }
      progress = { kind: 'moved' };
      if (sent === 'conflict') return progress;
    }
    return progress;
  }

  async #send(queued: QueuedPayload): Promise<'sent' | 'conflict' | 'not now' | 'not found yet'> {
    const { groupId, member } = this.#group;
    const made = this.#group.madeOf(queued.messageId) ?? (await this.#make(queued));
    if (made === undefined) return member === undefined || mustCommitFirst(member) ? 'not now' : 'sent';
    const { entryId } = made.entry;
    const now = this.#deps.environment.now();
    const since = now - (this.#stored.get(entryId) ?? Number.NEGATIVE_INFINITY);
    // A clock that was set back holds nothing up.
    if (since >= 0 && since < againMs) return 'not found yet';
    const isAgain = this.#stored.has(entryId);
    try {
      const appended = await this.#deps.service.append(groupId, made.entry);
      if (appended.kind === 'stored') {
        this.#stored.set(entryId, now);
        return isAgain ? 'not found yet' : 'sent';
      }
      // What the service had taken would have got its first answer.
      this.#stored.delete(entryId);
    } catch (cause) {
      if (!(cause instanceof ParleyError) || cause.code !== 'message_too_large') throw cause;
      await this.#lose(queued, cause);
      return 'sent';
    }
    await this.#dropMade();
    return 'conflict';
  }

  /** Encrypts a payload for the present epoch and stores its bytes; undefined when that cannot be now, or it is given up. */
  #make(queued: QueuedPayload) {
    const { environment } = this.#deps;
    const group = this.#group;
    return group.turns.take(async () => {
      const { member } = group;
      if (member === undefined || mustCommitFirst(member) !== undefined) return undefined;
      const waiting = await this.#payloadOf(queued);
      if (waiting === undefined) {
        await group.keep(await this.#lostOutcome(queued, damaged()));
        return undefined;
      }
      const { payload, attachment } = waiting;
      if (payload.type === 'GROUP_REQUEST' && payload.expiresAt <= unixSeconds(environment)) {
        await group.keep(await this.#lostOutcome(queued, expired()));
        return undefined;
      }
      try {
        const { own, step } = await createMessageEntry(environment, member, payload, attachment);
        await group.keep({ step, made: { message: own } });
        return own;
      } catch (cause) {
        if (!(cause instanceof ParleyError) || cause.code !== 'message_too_large') throw cause;
        await group.keep(await this.#lostOutcome(queued, cause));
        return undefined;
      }
    });
  }

  /** Returns a payload as its row has it; undefined when that is gone, was damaged or changed on disk: nothing is ever sent of it. */
  async #payloadOf({ part, messageId }: QueuedPayload): Promise<ReadPayload | undefined> {
    for await (const row of this.#deps.rows.all(this.#group.groupId, part)) {
      if (row.part !== part || row.bytes.length === 0) continue;
      try {
        const read = parsePayload(row.bytes, Number.POSITIVE_INFINITY);
        return read.payload.messageId === messageId ? read : undefined;
      } catch (cause) {
        if (!(cause instanceof ParleyError)) throw cause;
      }
    }
    return undefined;
  }

  async #lose(queued: QueuedPayload, cause: ParleyError): Promise<void> {
    await this.#group.turns.take(async () => this.#group.keep(await this.#lostOutcome(queued, cause)));
  }

  async #lostOutcome({ messageId, part }: QueuedPayload, cause: ParleyError) {
    const { groupId } = this.#group;
    const made = this.#group.madeOf(messageId);
    const parts = [part, ...(made === undefined ? [] : [`outbox/${made.entry.entryId}`])];
    const talk = [await this.#deps.talk.lost(groupId, messageId, failureView(cause))];
    return { talk, change: { put: [], drop: parts.map((one) => ({ group: groupId, part: one })) } };
  }

  /** Forgets the bytes of everything that the log does not have: a commit has come before it. */
  async #dropMade(): Promise<void> {
    const group = this.#group;
    await group.turns.take(async () => {
      const parts = group.outbox
        .filter(({ entry }) => !this.#stored.has(entry.entryId))
        .map(({ entry }) => ({ group: group.groupId, part: `outbox/${entry.entryId}` }));
      if (parts.length > 0) await group.keep({ change: { put: [], drop: parts } });
    });
  }
}

function expired(): ParleyError {
  return new ParleyError('timed_out', 'It expired before the delivery service had stored it. Send it again.');
}

function damaged(): ParleyError {
  const detail = 'The message was damaged where it was stored, before it was sent. Nobody read it. Send it again.';
  return new ParleyError('storage_failed', detail);
}
