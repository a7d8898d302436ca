import type { Bytes } from '../../../protocol/bytes.ts';
import type { GroupKey } from '../../contracts/group-store.ts';

/** What changes in an agent's rows, before it is encrypted: all of it or nothing. */
export interface PlainChange {
  readonly put: readonly { readonly group: string; readonly part: string; readonly bytes: Bytes }[];
  /** Rows that go; a part that ends with `/` drops all parts under it. */
  readonly drop: readonly { readonly group: string; readonly part: string }[];
  readonly putKeys?: readonly GroupKey[];
  readonly dropKeys?: readonly string[];
}

/** The rows of an agent's groups, decrypted, for what belongs to no group, or is kept outside a group's queue. */
export interface GroupRows {
  /** Returns the bytes of a row; undefined when there is none. Throws `storage_failed` for one that cannot be decrypted. */
  read(group: string, part: string): Promise<Bytes | undefined>;
  /** Returns the rows of a group whose part begins with `prefix`, in the order of their parts; one that cannot be decrypted comes without bytes. */
  all(group: string, prefix: string): AsyncIterable<{ readonly part: string; readonly bytes: Bytes }>;
  /** Returns the rows of a group whose part begins with `prefix` and comes before `before`, from the last one back, as `all` does; read as it goes. */
  back(group: string, prefix: string, before: string): AsyncIterable<{ readonly part: string; readonly bytes: Bytes }>;
  key(id: string): Promise<CryptoKey | undefined>;
  /** Writes a change in one transaction; durable once resolved. The caller wipes secret bytes after it. */
  write(change: PlainChange): Promise<void>;
}
