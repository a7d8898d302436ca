import { toHex } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { AuditStore, StoredAuditEntry } from '../contracts/audit-store.ts';
import { checkpointIndex, makeCheckpoint, readCheckpoint } from './entry/checkpoint.ts';
import { readJson } from './entry/stored-entry.ts';
import type { Turns } from './turns.ts';
import { ChainCheck } from './verify/chain-check.ts';

/** Characters of entries that a trail has at most: some 180,000 messages. An export of it has at most 256 MiB. */
const mostKept = 128 * 1024 * 1024;
/** Part of it that is left when the oldest entries are deleted. */
const rest = 3 / 4;
/** Part of it by which what is left has to grow before it is looked at again. */
const growth = 1 / 4;
/** The newest entries, which are never deleted: a session that is just being made is not among those that can be used yet. */
const newest = 16;
/** Entries that are read at once. */
const atOnce = 500;

/** What the retention of a trail works with. */
export interface RetentionDeps {
  readonly agentId: string;
  readonly store: AuditStore;
  readonly environment: Pick<Environment, 'subtle' | 'now'>;
  /** RSA-PSS private key of the agent. */
  readonly signingKey: CryptoKey;
  /** Nothing is deleted while the trail is being read as a whole. */
  readonly turns: Turns;
  /** Characters of entries that are kept at most; 128 MiB when absent. */
  readonly most?: number;
  /** The sessions that go on or can be resumed, by their ids: what comes next may rest on what began them. */
  usable(): ReadonlySet<string>;
}

/** Where a session began in the trail, and where the one that it resumed did. */
interface Beginning {
  readonly index: number;
  readonly former: Beginning | undefined;
}

/** Deletes the oldest entries of a trail that is over its size; a signed checkpoint stands for them. */
export class AuditRetention {
  readonly #deps: RetentionDeps;
  readonly #most: number;
  /** Characters of the stored entries; none before they were counted. */
  #size: number | undefined;
  /** Above it, entries are deleted. What has to stay may be more than the trail may have: it is not looked at for each entry. */
  #limit: number;
  #since = 0;
  #isAtWork = false;
  #isStopped = false;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
    this.#most = deps.most ?? mostKept;
    this.#limit = this.#most;
  }

  /** Counts what was written, and deletes when that is too much. */
  wrote(entries: readonly StoredAuditEntry[]): void {
    this.#since += sizeOf(entries);
    if (this.#isAtWork || this.#isStopped) return;
    // The trail of an earlier run is counted once it could be over its size by what this run adds.
    if (this.#size === undefined ? this.#since > 0 : this.#size + this.#since > this.#limit) void this.#work();
  }

  /** Deletes nothing more. */
  stop(): void {
    this.#isStopped = true;
  }

  async #work(): Promise<void> {
    this.#isAtWork = true;
    try {
      await this.#deps.turns.take(async () => {
        if (this.#isStopped) return;
        this.#size = await this.#count();
        if (this.#size > this.#most && !this.#isStopped) {
          await this.#deleteOldest(this.#size - rest * this.#most);
          this.#size = await this.#count();
        }
        this.#limit = Math.max(this.#most, (this.#size ?? 0) + growth * this.#most);
      });
    } catch {
      // The disk takes or gives nothing at the moment: what is written next tries again.
      this.#size = undefined;
    } finally {
      this.#isAtWork = false;
    }
  }

  async #count(): Promise<number> {
    this.#since = 0;
    let size = 0;
    for await (const entry of this.#entries()) size += entry.text.length;
    return size;
  }

  async *#entries(): AsyncGenerator<StoredAuditEntry> {
    for (let from = 0; !this.#isStopped; ) {
      const read = await this.#deps.store.auditEntries(from, atOnce);
      yield* read;
      const last = read.at(-1);
      if (last === undefined) return;
      from = last.index + 1;
    }
  }

  async #deleteOldest(excess: number): Promise<void> {
    const { store, environment, agentId, signingKey } = this.#deps;
    const [first] = await store.auditEntries(checkpointIndex, 1);
    const before = readCheckpoint(first);
    const end = ((await store.lastAuditEntry())?.index ?? -1) + 1 - newest;
    const chain = new ChainCheck(environment.subtle, before);
    let brokenAt = before?.broken_at;
    let size = 0;
    let last: StoredAuditEntry | undefined;
    for await (const entry of this.#entries()) {
      if (size >= excess || entry.index >= end) break;
      if (before !== undefined && entry.index < before.length) continue;
      size += entry.text.length;
      last = entry;
      if (brokenAt !== undefined) continue;
      const fault = await chain.next({ json: readJson(entry.text) ?? {}, text: entry.text, hash: toHex(entry.hash) });
      brokenAt = fault?.at;
    }
    if (last === undefined || this.#isStopped) return;
    const length = last.index + 1;
    const keep = await this.#needed(length);
    const kept = keep.map(({ hash }) => toHex(hash));
    const statement = { agent_id: agentId, at: environment.now(), length, kept };
    const checkpoint = await makeCheckpoint(
      environment.subtle,
      signingKey,
      { ...statement, ...(brokenAt === undefined ? {} : { broken_at: brokenAt }) },
      last.hash,
    );
    await store.deleteAuditEntries({ before: length, keep: keep.map(({ index }) => index), checkpoint });
  }

  /**
   * Returns the entries before an index that later ones rest on: whose trail it is, and what began the sessions in
   * them and those that continue.
   */
  async #needed(length: number): Promise<readonly StoredAuditEntry[]> {
    const beginnings = new Map<string, Beginning>();
    const latest = new Map<string, number>();
    const needed = new Set<number>();
    const need = (beginning: Beginning | undefined) => {
      for (let each = beginning; each !== undefined && !needed.has(each.index); each = each.former) {
        needed.add(each.index);
      }
    };
    for await (const { index, text } of this.#entries()) {
      const json: JsonObject = readJson(text) ?? {};
      const { kind, session_id: id, resumes } = json;
      if (index < length && isAboutAgent(json, this.#deps.agentId))
        latest.set(`${String(kind)} ${String(json.use)}`, index);
      if (typeof id !== 'string') continue;
      if (kind === 'handshake' || kind === 'resumption') {
        const former = typeof resumes === 'string' ? beginnings.get(resumes) : undefined;
        beginnings.set(id, { index, former });
        if (index >= length) need(former);
      } else if (kind === 'message' && index >= length) need(beginnings.get(id));
    }
    for (const id of this.#deps.usable()) need(beginnings.get(id));
    const indexes = [...new Set([...needed, ...latest.values()])].filter((index) => index < length);
    const entries: StoredAuditEntry[] = [];
    for (const index of indexes.sort((a, b) => a - b)) entries.push(...(await this.#deps.store.auditEntries(index, 1)));
    return entries;
  }
}

/** True for an entry of whose trail it is, by whose authority, and with which certificates. */
function isAboutAgent({ kind, use, agent_id: agent }: JsonObject, agentId: string): boolean {
  return kind === 'began' || (kind === 'certificate' && (use === 'authority' || agent === agentId));
}

function sizeOf(entries: readonly StoredAuditEntry[]): number {
  return entries.reduce((sum, { text }) => sum + text.length, 0);
}
