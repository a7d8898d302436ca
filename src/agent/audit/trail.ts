import { toHex } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { AuditStore, StoredAuditEntry } from '../contracts/audit-store.ts';
import { Emitter } from '../contracts/emitter.ts';
import { chainEntry, emptyHead, type Head } from './entry/chain.ts';
import type { EntryBody } from './entry/entries.ts';
import { readEntry } from './entry/stored-entry.ts';

/** What an entry will say: its members, or how they are made once its index is known, and how many characters are held for it until then. */
export type Draft = EntryBody | { readonly holds: number; make(index: number): Promise<EntryBody> };

/** Times that a place in the trail may be taken by somebody else before a write is given up. */
const mostTries = 5;
/** Entries that wait at most: while the disk takes none, what comes on top is only counted. */
export const mostWaiting = 5_000;
/** Characters that are held for them at most, for messages whose entries are not made yet. */
export const mostHeld = 67_108_864;

interface Waiting {
  readonly at: number;
  readonly draft: Draft;
}

interface Made {
  readonly behind: Head;
  readonly of: readonly Waiting[];
  readonly entries: readonly StoredAuditEntry[];
}

const nothingMade: Made = { behind: emptyHead, of: [], entries: [] };

/** What a trail works with. */
export interface TrailDeps {
  readonly store: AuditStore;
  readonly environment: Pick<Environment, 'subtle' | 'now'>;
}

/**
 * The one order of everything that goes into the audit trail. What is added waits until it is written, so that it can be
 * written in one transaction with the exchange it belongs to; an entry gets its place and its hash only then.
 */
export class AuditTrail {
  readonly #deps: TrailDeps;
  #head: Head = emptyHead;
  #waiting: Waiting[] = [];
  /** Characters that are held for them. */
  #held = 0;
  /** Entries that came when too many waited. */
  #omitted = 0;
  /** What was made for a write that failed, and behind what: it is the same the next time. */
  #made: Made = nothingMade;
  #writing: Promise<unknown> = Promise.resolve();
  readonly #added = new Emitter<void>();

  constructor(deps: TrailDeps) {
    this.#deps = deps;
  }

  /** Calls `listener` whenever something waits to be written; the function it returns ends that. */
  follow(listener: () => void): () => void {
    return this.#added.follow(listener);
  }

  /** Takes the trail up where the store has it. Rejects with `storage_failed`. */
  async load(): Promise<void> {
    const last = await this.#deps.store.lastAuditEntry();
    if (last !== undefined) this.#head = { length: last.index + 1, hash: last.hash };
  }

  /** Returns the end of what is stored. */
  get head(): Head {
    return this.#head;
  }

  /** True when something waits to be written. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /**
   * Adds an entry behind everything that was added before; it is stored with the next `write`. One that cannot be made, or that does
   * not read back, stands there as `entries_omitted`: nothing that anybody sends may keep the history from being written.
   */
  add(...drafts: readonly Draft[]): void {
    const at = this.#deps.environment.now();
    for (const draft of drafts) this.#wait({ at, draft });
    this.#added.emit();
  }

  /**
   * Has everything that waits, and `drafts` behind it, stored by `commit`, in one transaction with whatever else that
   * writes; one call at a time. When `commit` rejects, so does this: what waited waits on, `drafts` are forgotten.
   */
  write<T>(commit: (entries: readonly StoredAuditEntry[]) => Promise<T>, drafts: readonly Draft[] = []): Promise<T> {
    const run = this.#writing.then(() => this.#write(commit, drafts));
    this.#writing = run.catch(() => undefined);
    return run;
  }

  async #write<T>(commit: (entries: readonly StoredAuditEntry[]) => Promise<T>, drafts: readonly Draft[]): Promise<T> {
    const at = this.#deps.environment.now();
    const added = drafts.map((draft) => ({ at, draft }));
    for (let tries = 1; ; tries++) {
      const { waiting, omitted } = this.#takeWaiting();
      const { length } = this.#head;
      try {
        const entries = await this.#chain([...waiting, ...omissions(at, omitted), ...added]);
        const result = await commit(entries);
        const last = entries.at(-1);
        if (last !== undefined) this.#head = { length: last.index + 1, hash: last.hash };
        this.#made = nothingMade;
        return result;
      } catch (error) {
        const since = this.#takeWaiting();
        this.#omitted = omitted + since.omitted;
        for (const one of [...waiting, ...since.waiting]) this.#wait(one);
        await this.load().catch(() => undefined);
        // An earlier run of this agent that was still ending has written to the same place: once more, behind it.
        if (this.#head.length === length || tries === mostTries) throw error;
      }
    }
  }

  /** Has one more wait, or counts it when too many do. */
  #wait(one: Waiting): void {
    const held = this.#held + ('holds' in one.draft ? one.draft.holds : 0);
    if (this.#waiting.length === mostWaiting || (held > mostHeld && this.#waiting.length > 0)) {
      this.#omitted += 1;
      return;
    }
    this.#waiting.push(one);
    this.#held = held;
  }

  #takeWaiting(): { readonly waiting: readonly Waiting[]; readonly omitted: number } {
    const taken = { waiting: this.#waiting, omitted: this.#omitted };
    this.#waiting = [];
    this.#omitted = 0;
    this.#held = 0;
    return taken;
  }

  async #chain(all: readonly Waiting[]): Promise<readonly StoredAuditEntry[]> {
    const { subtle } = this.#deps.environment;
    const entries = this.#madeBefore(all);
    const last = entries.at(-1);
    let head = last === undefined ? this.#head : { length: last.index + 1, hash: last.hash };
    const behind = this.#head;
    const rest = all.slice(entries.length);
    const first = head.length;
    const contents = await Promise.all(rest.map((one, i) => contentOf(one, first + i)));
    for (const [i, content] of contents.entries()) {
      const at = rest[i]?.at ?? 0;
      const entry = (await chained(subtle, head, content)) ?? (await chainEntry(subtle, head, { ...unwritable, at }));
      head = { length: head.length + 1, hash: entry.hash };
      entries.push(entry);
    }
    this.#made = { behind, of: all, entries };
    return entries;
  }

  /** Returns the first entries of `all` that an earlier try has made for the same places. */
  #madeBefore(all: readonly Waiting[]): StoredAuditEntry[] {
    const { behind, of, entries } = this.#made;
    if (behind.length !== this.#head.length || toHex(behind.hash) !== toHex(this.#head.hash)) return [];
    const differs = of.findIndex((one, i) => one !== all[i]);
    return entries.slice(0, differs === -1 ? of.length : differs);
  }
}

const unwritable = { kind: 'entries_omitted', count: 1, reason: 'unwritable' } as const;

function omissions(at: number, count: number): readonly Waiting[] {
  return count === 0 ? [] : [{ at, draft: { kind: 'entries_omitted', count, reason: 'too_many' } }];
}

async function contentOf({ at, draft }: Waiting, index: number): Promise<JsonObject | undefined> {
  try {
    const body = 'holds' in draft ? await draft.make(index) : draft;
    return { ...defined(body), at };
  } catch {
    return undefined;
  }
}

/**
 * Returns the entry that follows `head`; undefined when `content` cannot be written as one, or would not be read as
 * one.
 */
async function chained(subtle: Subtle, head: Head, content?: JsonObject): Promise<StoredAuditEntry | undefined> {
  if (content === undefined) return undefined;
  try {
    const entry = await chainEntry(subtle, head, content);
    return readEntry(entry.text) === undefined ? undefined : entry;
  } catch {
    return undefined;
  }
}

/** Returns the body without undefined members: JSON has none, so an optional member is left out. */
function defined(body: EntryBody): JsonObject {
  const members: [string, JsonObject[string]][] = [];
  for (const [name, value] of Object.entries(body)) if (value !== undefined) members.push([name, value]);
  return Object.fromEntries(members);
}
