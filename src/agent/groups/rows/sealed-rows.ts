import { type Bytes, concat } from '../../../protocol/bytes.ts';
import { open, seal } from '../../../protocol/crypto/aead.ts';
import type { Environment } from '../../../protocol/crypto/environment.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { canonicalBytes } from '../../../protocol/wire/canonical.ts';
import { label } from '../../../protocol/wire/label.ts';
import type { GroupChange, GroupRow, GroupStore } from '../../contracts/group-store.ts';
import type { HistoryKeys } from '../../contracts/history-store.ts';
import type { History } from '../../history/history.ts';
import type { GroupRows, PlainChange } from './group-rows.ts';

const ivLength = 12;
const tagLength = 16;
const noBytes: Bytes = new Uint8Array(0);
/** Rows that are read at once. */
const readAtOnce = 256;
/** Rows that are read at once from the end: whoever asks for them shows a page. */
const readBackAtOnce = 64;

/** What rows are sealed with. */
export interface SealedRowsDeps {
  readonly agentId: string;
  readonly store: Pick<GroupStore, 'groupRow' | 'groupRows' | 'groupRowsBefore' | 'groupKey'>;
  readonly history: Pick<History, 'keepStep'>;
  readonly keys: Pick<HistoryKeys, 'record'>;
  readonly environment: Pick<Environment, 'subtle' | 'random'>;
}

/** The rows of an agent's groups: AES-256-GCM under its record key, each bound to its agent, group and part. */
export class SealedRows implements GroupRows {
  readonly #deps: SealedRowsDeps;

  constructor(deps: SealedRowsDeps) {
    this.#deps = deps;
  }

  /** Encrypts a change, each row under a fresh random IV. Its bytes stay as they are: the caller wipes those that are secret. */
  async seal({ put, ...rest }: PlainChange): Promise<GroupChange> {
    return { ...rest, put: await Promise.all(put.map((row) => this.#seal(row))) };
  }

  /** Writes a change in one transaction; durable once resolved. Rejects with `storage_failed` and `storage_full`. */
  async write(change: PlainChange): Promise<void> {
    await this.#deps.history.keepStep({ exchanges: [], groups: [await this.seal(change)] });
  }

  key(id: string): Promise<CryptoKey | undefined> {
    return this.#deps.store.groupKey(id);
  }

  /** Returns the bytes of a row; undefined when there is none. Throws `storage_failed` for one that was damaged, altered or moved. */
  async read(group: string, part: string): Promise<Bytes | undefined> {
    const row = await this.#deps.store.groupRow(group, part);
    if (row === undefined) return undefined;
    const bytes = await this.#opened(row);
    if (bytes !== undefined) return bytes;
    throw new ParleyError(
      'storage_failed',
      'A part of a stored group cannot be read: it was damaged or changed on disk. Its members can take this agent in again.',
    );
  }

  /**
   * Returns all rows of a group whose part begins with `prefix`, in the order of their parts, read as it goes. One that was damaged, altered or
   * moved comes without bytes, which no row is: whoever reads it knows what goes on without it.
   */
  async *all(
    group: string,
    prefix: string,
  ): AsyncGenerator<{ readonly part: string; readonly bytes: Bytes }, void, undefined> {
    let after = '';
    for (;;) {
      const rows = await this.#deps.store.groupRows(group, prefix, after, readAtOnce);
      for (const row of rows) yield { part: row.part, bytes: (await this.#opened(row)) ?? noBytes };
      const last = rows.at(-1);
      if (last === undefined || rows.length < readAtOnce) return;
      after = last.part;
    }
  }

  /** Works as `all`, from the last row before `before` back. */
  async *back(
    group: string,
    prefix: string,
    before: string,
  ): AsyncGenerator<{ readonly part: string; readonly bytes: Bytes }, void, undefined> {
    let end = before;
    for (;;) {
      const rows = await this.#deps.store.groupRowsBefore(group, prefix, end, readBackAtOnce);
      for (const row of rows) yield { part: row.part, bytes: (await this.#opened(row)) ?? noBytes };
      const last = rows.at(-1);
      if (last === undefined || rows.length < readBackAtOnce) return;
      end = last.part;
    }
  }

  async #seal({ group, part, bytes }: PlainChange['put'][number]): Promise<GroupRow> {
    const { environment, keys } = this.#deps;
    const iv = environment.random(ivLength);
    const { ciphertext, tag } = await seal(environment.subtle, keys.record, iv, this.#aad(group, part), bytes);
    return { group, part, iv, ciphertext: concat(ciphertext, tag) };
  }

  async #opened({ group, part, iv, ciphertext }: GroupRow): Promise<Bytes | undefined> {
    const { environment, keys } = this.#deps;
    const split = Math.max(0, ciphertext.length - tagLength);
    const sealed = { iv, ciphertext: ciphertext.subarray(0, split), tag: ciphertext.subarray(split) };
    return open(environment.subtle, keys.record, sealed, this.#aad(group, part));
  }

  #aad(group: string, part: string): Bytes {
    return concat(label('group row'), canonicalBytes({ agent_id: this.#deps.agentId, group, part }));
  }
}
