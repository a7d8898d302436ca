import { revokedSerials } from '../../controller/revoked-serials.ts';
import type { AgentRecord } from '../../controller/store.ts';

/** What follows from the revocations of a group. */
export interface RevocationsListener {
  /** An agent was revoked, by whichever server, and the newest list names it. */
  revoked(agentId: string): void;
}

/**
 * Follows which revocations the newest list names, by the revisions of the records: a list names everything that was revoked
 * at revisions before the one at which its number was taken.
 */
export class RevocationsFollowed {
  readonly #listener: RevocationsListener;
  /** Revoked agents that no list names yet, and the revisions at which they were revoked. */
  readonly #waiting = new Map<string, number>();
  readonly #told = new Set<string>();
  #newest = 0;
  #listed = 0;
  #isWhole = false;

  constructor(listener: RevocationsListener) {
    this.#listener = listener;
  }

  /** True when something was revoked that the newest list does not name: whoever did it was stopped halfway, or is at it. */
  get isBehind(): boolean {
    return this.#newest > this.#listed;
  }

  /** Notes that an agent's record has changed at a revision. */
  changed(before: AgentRecord | undefined, record: AgentRecord, revision: number): void {
    if (serialsOf(record) !== (before === undefined ? '' : serialsOf(before))) this.#newest = revision;
    if (record.revoked === undefined) this.#told.delete(record.agentId);
    else if (!this.#told.has(record.agentId) && !this.#waiting.has(record.agentId)) {
      this.#waiting.set(record.agentId, revision);
    }
    this.#look();
  }

  /** Notes that a list is stored whose number was taken at a revision. */
  listed(revision: number): void {
    this.#listed = Math.max(this.#listed, revision);
    this.#look();
  }

  /** Notes that every change up to now was received. */
  whole(): void {
    this.#look(!this.#isWhole);
    this.#isWhole = true;
    this.#look();
  }

  /** Tells the listener of revocations that a list names now; one from before this server began is only noted. */
  #look(isOld = false): void {
    if (!this.#isWhole && !isOld) return;
    for (const [agentId, revision] of [...this.#waiting]) {
      if (revision > this.#listed) continue;
      this.#waiting.delete(agentId);
      this.#told.add(agentId);
      if (!isOld) this.#listener.revoked(agentId);
    }
  }
}

function serialsOf(record: AgentRecord): string {
  return revokedSerials(record, 0)
    .map(({ serial, reason }) => `${serial} ${reason}`)
    .join();
}
