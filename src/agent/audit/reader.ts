import { toHex } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { canonicalText } from '../../protocol/wire/canonical.ts';
import type { AuditStore, StoredAuditEntry } from '../contracts/audit-store.ts';
import type { AuditEntryView, AuditHeadView, AuditVerdictView } from '../contracts/history-views.ts';
import type { ExchangeView } from '../contracts/views.ts';
import type { Head } from './entry/chain.ts';
import { type Checkpoint, checkpointIndex, deletedBy, readCheckpoint } from './entry/checkpoint.ts';
import { commit, openingOf } from './entry/commitment.ts';
import type { AuditEntry } from './entry/entries.ts';
import { payloadsOf } from './entry/payload.ts';
import { readEntry, readJson } from './entry/stored-entry.ts';
import { entryWords } from './entry/words.ts';
import { type Disclosure, type Exporter, writeExport } from './export.ts';
import type { AuditTrail } from './trail.ts';
import type { Turns } from './turns.ts';
import type { KeptEntry } from './verify/chain-check.ts';
import { checkCheckpoint } from './verify/check-checkpoint.ts';
import { checkTrail } from './verify/check-trail.ts';
import { Evidence } from './verify/evidence.ts';
import { wordsOfWhole } from './verify/verdict-words.ts';

/** Entries that are read at once. */
const atOnce = 500;
/** Sessions at most that are remembered from one check of the trail to the next. */
const mostRemembered = 5_000;

/** What reading the trail works with. */
export interface ReaderDeps {
  readonly store: AuditStore;
  readonly trail: AuditTrail;
  readonly environment: Pick<Environment, 'subtle' | 'now'>;
  /** HMAC-SHA-256: makes the openings of commitments. */
  readonly openingKey: CryptoKey;
  /** What reads the whole trail takes a turn: nothing is deleted meanwhile. */
  readonly turns: Turns;
  /** Returns the exchange that has a tag, while it is stored and can be read. */
  exchangeOf(tag: string): Promise<ExchangeView | undefined>;
  /** Resolves when everything that was added is written. */
  settled(): Promise<void>;
}

/** A head up to which a trail was checked, its hash in hex. */
interface Checked {
  readonly length: number;
  readonly hash: string;
  readonly evidence: Evidence;
}

/** Shows an agent's audit trail, checks it, and writes its export. */
export class AuditReader {
  readonly #deps: ReaderDeps;
  /** How far the trail was checked in this run, and what was found: the next check goes on from there. */
  #checked: Checked | undefined;

  constructor(deps: ReaderDeps) {
    this.#deps = deps;
  }

  /** Returns up to `count` entries before an index, or the newest, the newest first. Rejects with `storage_failed`. */
  async page(
    before?: number,
    count = 50,
  ): Promise<{ readonly head: AuditHeadView; readonly entries: readonly AuditEntryView[] }> {
    const head = await this.#head();
    const checkpoint = await this.#checkpoint();
    const end = Math.min(before ?? head.length, head.length);
    const stored = await this.#newestBefore(end, count, checkpoint);
    const entries: AuditEntryView[] = [];
    // One after the other: to say what can be disclosed, the exchange of each message is read, which may be large.
    for (const entry of stored) entries.push(await this.#view(entry));
    const deletion = checkpoint === undefined ? {} : { deleted: deletedBy(checkpoint), deletedAt: checkpoint.at };
    return { head: { length: head.length, hash: toHex(head.hash), ...deletion }, entries: entries.reverse() };
  }

  /** Returns the last `count` entries before an index; behind a checkpoint's length, those that it keeps. */
  async #newestBefore(end: number, count: number, checkpoint?: Checkpoint): Promise<readonly StoredAuditEntry[]> {
    const { store } = this.#deps;
    const whole = checkpoint?.length ?? 0;
    const from = Math.max(whole, end - count);
    const recent = from < end ? await store.auditEntries(from, end - from) : [];
    const missing = count - recent.length;
    if (checkpoint === undefined || missing === 0) return recent;
    const kept = await store.auditEntries(0, checkpoint.kept.length);
    return [...kept.filter(({ index }) => index < Math.min(end, whole)).slice(-missing), ...recent];
  }

  async #checkpoint(): Promise<Checkpoint | undefined> {
    return readCheckpoint((await this.#deps.store.auditEntries(checkpointIndex, 1))[0]);
  }

  async #head(): Promise<Head> {
    await this.#deps.settled();
    return this.#deps.trail.head;
  }

  async #view(stored: StoredAuditEntry): Promise<AuditEntryView> {
    const hash = toHex(stored.hash);
    const entry = readEntry(stored.text);
    if (entry === undefined) {
      const words = 'This entry was damaged or changed on the disk.';
      return { index: stored.index, at: 0, kind: 'unreadable', words, hash, text: stored.text };
    }
    return {
      index: stored.index,
      at: entry.at,
      kind: entry.kind,
      ...('peer_id' in entry ? { peerId: entry.peer_id } : {}),
      ...('session_id' in entry ? { sessionId: entry.session_id } : {}),
      words: entryWords(entry),
      hash,
      text: JSON.stringify(readJson(stored.text), undefined, 2),
      ...(entry.kind === 'message' ? { canDisclose: (await this.#disclosure(entry)) !== undefined } : {}),
    };
  }

  /** Returns what opens a message entry; undefined when its exchange is gone, or does not match the commitment. */
  async #disclosure(entry: AuditEntry): Promise<Disclosure | undefined> {
    if (entry.kind !== 'message' || entry.exchange === undefined) return undefined;
    const { environment, openingKey, exchangeOf } = this.#deps;
    const exchange = await exchangeOf(entry.exchange);
    const payloads = exchange === undefined ? [] : payloadsOf(entry.type, exchange);
    if (payloads.length === 0) return undefined;
    const opening = await openingOf(environment.subtle, openingKey, entry.index);
    for (const payload of payloads) {
      const committed = await commit(environment.subtle, opening, canonicalText(payload));
      if (committed === entry.commitment) return { index: entry.index, opening, payload };
    }
    return undefined;
  }

  /**
   * Computes every hash of the stored trail again, and checks every signature in it that this run has not checked before. Rejects
   * with `storage_failed`.
   */
  verify(): Promise<AuditVerdictView> {
    return this.#deps.turns.take(() => this.#verify());
  }

  async #verify(): Promise<AuditVerdictView> {
    const { length, hash } = await this.#head();
    const { subtle } = this.#deps.environment;
    const head = { length, hash: toHex(hash) };
    const checkpoint = await this.#checkpoint();
    const deleted = checkpoint === undefined ? 0 : deletedBy(checkpoint);
    const entries = length - deleted;
    const check = async (evidence: Evidence, checked?: Checked) =>
      (await checkTrail(subtle, evidence, this.#kept(length), head, { checkpoint, checked })) ??
      (await checkCheckpoint(subtle, evidence, checkpoint));
    const earlier = this.#checked;
    this.#checked = undefined;
    let evidence = earlier?.evidence ?? new Evidence(subtle);
    const isUsable = earlier !== undefined && earlier.length >= (checkpoint?.length ?? 0);
    let fault = isUsable ? await check(evidence, earlier) : undefined;
    // What does not hold is looked for from the beginning: it may be an entry that held before.
    if (!isUsable || fault !== undefined) {
      evidence = new Evidence(subtle);
      fault = await check(evidence);
    }
    if (fault === undefined && evidence.size <= mostRemembered) {
      evidence.forgetMessages();
      this.#checked = { ...head, evidence };
    }
    if (fault !== undefined) return { entries, brokenAt: fault.at, words: fault.words };
    return { entries, words: wordsOfWhole(entries, evidence.unproven, deleted) };
  }

  /**
   * Exports the trail as a JSON text (docs/audit.md), with the content of the messages of the entries in `disclose`
   * and of no others. Rejects with `invalid_input` when one of them is no message whose content is still kept.
   */
  export(exporter: Exporter, disclose: readonly number[]): Promise<string> {
    return this.#deps.turns.take(() => this.#export(exporter, disclose));
  }

  async #export(exporter: Exporter, disclose: readonly number[]): Promise<string> {
    const head = await this.#head();
    const disclosures: Disclosure[] = [];
    for (const index of [...new Set(disclose)].sort((a, b) => a - b)) {
      const [stored] = index < head.length ? await this.#deps.store.auditEntries(index, 1) : [];
      const entry = stored?.index === index ? readEntry(stored.text) : undefined;
      const disclosure = entry === undefined ? undefined : await this.#disclosure(entry);
      if (disclosure === undefined) {
        throw new ParleyError(
          'invalid_input',
          `Entry ${index} cannot be disclosed: it is not a message, or its content is no longer stored. Nothing was exported.`,
        );
      }
      disclosures.push(disclosure);
    }
    const checkpoint = await this.#checkpoint();
    const entries = this.#stored(head.length);
    return writeExport(this.#deps.environment, exporter, { head, checkpoint, entries, disclosures });
  }

  async *#stored(length: number): AsyncGenerator<StoredAuditEntry> {
    for (let from = 0; from < length; ) {
      const read = await this.#deps.store.auditEntries(from, Math.min(atOnce, length - from));
      yield* read.filter(({ index }) => index < length);
      const last = read.at(-1);
      if (last === undefined) return;
      from = last.index + 1;
    }
  }

  async *#kept(length: number): AsyncGenerator<KeptEntry> {
    for await (const { text, hash } of this.#stored(length)) {
      yield { json: readJson(text) ?? {}, text, hash: toHex(hash) };
    }
  }
}
