import type { Bytes } from '../../../protocol/bytes.ts';
import type { PlainPart, StoredParts } from '../../storage/parts.ts';
import type { StoredStep } from '../../storage/stored-step.ts';

/** What one member has in storage. Each write is a transaction. */
export class StoredRows implements StoredParts {
  readonly rows = new Map<string, Bytes>();
  readonly keys = new Map<string, CryptoKey>();
  /** Bytes of the rows of the newest write, by their parts. */
  written: ReadonlyMap<string, number> = new Map();

  write(step: Partial<StoredStep>, putKeys: readonly { readonly id: string; readonly key: CryptoKey }[] = []): void {
    for (const part of step.drop ?? []) {
      for (const row of [...this.rows.keys()])
        if (row === part || (part.endsWith('/') && row.startsWith(part))) this.rows.delete(row);
    }
    for (const { part, bytes } of step.put ?? []) this.rows.set(part, bytes.slice());
    for (const { id, key } of putKeys) this.keys.set(id, key);
    for (const id of step.dropKeys ?? []) this.keys.delete(id);
    this.written = new Map((step.put ?? []).map(({ part, bytes }) => [part, bytes.length]));
    for (const { bytes } of step.put ?? []) bytes.fill(0);
  }

  async read(part: string): Promise<Bytes | undefined> {
    return this.rows.get(part)?.slice();
  }

  async *all(prefix: string): AsyncIterable<PlainPart> {
    const found = [...this.rows.keys()].filter((part) => part.startsWith(prefix)).toSorted();
    for (const part of found) yield { part, bytes: this.rows.get(part)?.slice() ?? new Uint8Array(0) };
  }

  async key(id: string): Promise<CryptoKey | undefined> {
    return this.keys.get(id);
  }
}
