import type { Bytes } from '../../../protocol/bytes.ts';
import type { LogEntry } from '../../log/entry.ts';
import { type GroupId, isGroupId } from '../../log/group-id.ts';
import { headBefore, nextHead } from '../../log/head.ts';
import type { EntryToAppend } from '../own-entries.ts';

/** The log of one group, as the service keeps it: its compare-and-swap (groups page, section 4), and no judgement. */
export class TestLog {
  readonly groupId: GroupId;
  readonly entries: LogEntry[] = [];
  readonly welcomes: { readonly to: string; readonly index: number; readonly message: Bytes }[] = [];
  /** The head after each entry. */
  readonly heads: Bytes[] = [];
  readonly #before: Bytes;
  #at: number;

  private constructor(groupId: GroupId, before: Bytes, at: number) {
    this.groupId = groupId;
    this.#before = before;
    this.#at = at;
  }

  static async create(groupId: string, at: number): Promise<TestLog> {
    if (!isGroupId(groupId)) throw new Error('The group_id is none.');
    return new TestLog(groupId, await headBefore(crypto.subtle, groupId), at);
  }

  get at(): number {
    return this.#at;
  }

  /** Lets time pass. */
  wait(seconds: number): void {
    this.#at += seconds;
  }

  /** The index of the newest commit entry, -1 when there is none. */
  get lastCommit(): number {
    return this.entries.findLastIndex(({ kind }) => kind === 'commit');
  }

  /** Returns the head before an index. */
  headBefore(index: number): Bytes {
    return this.heads[index - 1] ?? this.#before;
  }

  /** Appends an entry; false when a newer commit is there than its sender had read. */
  async append(sender: string, entry: EntryToAppend): Promise<boolean> {
    if (entry.after !== this.lastCommit) return false;
    await this.place(sender, entry);
    return true;
  }

  /** Appends an entry wherever it was made for, as a service does that judges nothing at all. */
  async place(
    sender: string,
    { kind, message, lists, welcome }: Omit<EntryToAppend, 'entryId' | 'after'>,
  ): Promise<void> {
    const index = this.entries.length;
    const entry: LogEntry = {
      index,
      kind,
      sender,
      content: { message },
      at: this.#at,
      ...(lists === undefined ? {} : { lists }),
    };
    this.heads.push(await nextHead(crypto.subtle, this.headBefore(index), entry));
    this.entries.push(entry);
    this.#at += 1;
    for (const to of welcome?.to ?? []) this.welcomes.push({ to, index, message: welcome?.message ?? message });
  }
}
