import { type Bytes, concat } from '../../../protocol/bytes.ts';
import { open, seal } from '../../../protocol/crypto/aead.ts';
import type { Environment } from '../../../protocol/crypto/environment.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { canonicalBytes } from '../../../protocol/wire/canonical.ts';
import { label } from '../../../protocol/wire/label.ts';
import type { GroupRow, GroupStore } from '../../contracts/group-store.ts';
import type { HistoryKeys } from '../../contracts/history-store.ts';

const ivLength = 12;
const tagLength = 16;
/** Rows that are read at once. */
const readAtOnce = 256;

/** A row as it is before it is encrypted: what of a group, and its bytes. */
export interface PlainRow {
  readonly group: string;
  readonly part: string;
  readonly bytes: Bytes;
}

/** What rows are sealed with. */
export interface SealedRowsDeps {
  readonly agentId: string;
  readonly store: Pick<GroupStore, 'groupRow' | 'groupRows'>;
  readonly keys: Pick<HistoryKeys, 'record'>;
  readonly environment: Pick<Environment, 'subtle' | 'random'>;
}

/** The rows of an agent's groups: AES-256-GCM under its record key, each bound to its agent, group and part. */
export class SealedRows {
  readonly #deps: SealedRowsDeps;

  constructor(deps: SealedRowsDeps) {
    this.#deps = deps;
  }

  /** Encrypts a row under a fresh random IV. Its bytes stay as they are: the caller wipes those that are secret once this resolves. */
  async seal({ group, part, bytes }: PlainRow): Promise<GroupRow> {
    const { environment, keys } = this.#deps;
    const iv = environment.random(ivLength);
    const { ciphertext, tag } = await seal(environment.subtle, keys.record, iv, this.#aad(group, part), bytes);
    return { group, part, iv, ciphertext: concat(ciphertext, tag) };
  }

  /** Returns the bytes of a row; undefined when there is none. Throws `storage_failed` for one that was damaged, altered or moved. */
  async read(group: string, part: string): Promise<Bytes | undefined> {
    const row = await this.#deps.store.groupRow(group, part);
    return row === undefined ? undefined : this.#open(row);
  }

  /** Returns all rows of a group whose part begins with `prefix`, in the order of their parts, read as it goes; `read` is its code. */
  async *all(group: string, prefix: string): AsyncGenerator<PlainRow, void, undefined> {
    let after = '';
    for (;;) {
      const rows = await this.#deps.store.groupRows(group, prefix, after, readAtOnce);
      for (const row of rows) yield { group, part: row.part, bytes: await this.#open(row) };
      const last = rows.at(-1);
      if (last === undefined || rows.length < readAtOnce) return;
      after = last.part;
    }
  }

  async #open({ group, part, iv, ciphertext }: GroupRow): Promise<Bytes> {
    const { environment, keys } = this.#deps;
    const split = Math.max(0, ciphertext.length - tagLength);
    const sealed = { iv, ciphertext: ciphertext.subarray(0, split), tag: ciphertext.subarray(split) };
    const plaintext = await open(environment.subtle, keys.record, sealed, this.#aad(group, part));
    if (plaintext !== undefined) return plaintext;
    throw new ParleyError(
      'storage_failed',
      'A part of a stored group cannot be read: it was damaged or changed on disk. Its members can take this agent in again.',
    );
  }

  #aad(group: string, part: string): Bytes {
    return concat(label('group row'), canonicalBytes({ agent_id: this.#deps.agentId, group, part }));
  }
}
