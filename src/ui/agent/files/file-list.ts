import { createStore, type StoreApi } from 'zustand';
import type { FilePage, FileView } from '../../../agent/contracts/file-views.ts';
import type { FailureView } from '../../../agent/contracts/views.ts';
import { failureOf } from '../../state/failure.ts';

/** Reads files of a peer, the newest first, from where an earlier page ended. */
type LoadFiles = (from: string | undefined) => Promise<FilePage>;

/** What was read of the files with a peer, the oldest first, without gaps up to the newest. */
interface FileListState {
  readonly files: readonly FileView[];
  readonly hasOlder: boolean;
  readonly failure?: FailureView;
}

/** Holds the files with a peer: read piece by piece from the newest on, and followed as they move. */
export class FileList {
  readonly store: StoreApi<FileListState> = createStore<FileListState>(() => ({ files: [], hasOlder: true }));
  readonly #load: LoadFiles;
  /** Everything that was read or heard, by id, each as it was heard last. */
  readonly #known = new Map<string, FileView>();
  readonly #gone = new Set<string>();
  /** All files from this time on were read, in milliseconds since 1970: an older one is shown when its page is. */
  #readFrom = Number.POSITIVE_INFINITY;
  #next: string | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(load: LoadFiles) {
    this.#load = load;
  }

  /** Reads until a file before `since` (milliseconds since 1970) is there, or all; another page when it is absent. Never rejects. */
  reach(since = this.#readFrom): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readTo(since));
    return this.#reading;
  }

  /** Takes what has become of a file. */
  put(file: FileView): void {
    this.#known.set(file.id, file);
    this.#show();
  }

  /** Takes files out that are no longer there. */
  remove(ids: readonly string[]): void {
    for (const id of ids) {
      this.#known.delete(id);
      // A page that is being read may still have it.
      this.#gone.add(id);
    }
    this.#show();
  }

  async #readTo(since: number): Promise<void> {
    try {
      while (this.store.getState().hasOlder && this.#readFrom >= since) {
        const { files, next } = await this.#load(this.#next);
        for (const file of files) {
          if (!this.#known.has(file.id) && !this.#gone.has(file.id)) this.#known.set(file.id, file);
        }
        this.#next = next;
        this.#readFrom = next === undefined ? Number.NEGATIVE_INFINITY : (files.at(-1)?.at ?? this.#readFrom);
        this.#show({ hasOlder: next !== undefined });
      }
    } catch (cause) {
      this.#show({ failure: failureOf(cause) });
    }
  }

  #show(change: Partial<FileListState> = {}): void {
    const files = [...this.#known.values()].filter(({ at }) => at >= this.#readFrom).sort((a, b) => a.at - b.at);
    const { hasOlder } = this.store.getState();
    this.store.setState({ hasOlder, ...change, files }, true);
  }
}
