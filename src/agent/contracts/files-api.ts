import type { FilePage, FilePolicy, FileView } from './file-views.ts';

/** A file to offer. */
export interface GivenFile {
  readonly name: string;
  readonly mediaType: string;
  /** A `File` of the page, or of Node (`openAsBlob`): it is read piece by piece, never as a whole. */
  readonly blob: Blob;
  /** Node: where it lies, so that it can go on after a restart. */
  readonly path?: string;
}

/**
 * Files that go to peers and come from them. The receiver reads: it goes on at its offset after a reload of either side. Every call
 * rejects with a `ParleyError`; `unknown_file` for an id that there is none of.
 */
export interface FilesApi {
  /** Returns all that the agent remembers, the oldest first. */
  shown(): readonly FileView[];
  /** Returns a page of the files of one peer, or of all, the newest first; `from` is the `next` of the page before. */
  list(about?: { readonly peerId?: string; readonly from?: string }): Promise<FilePage>;
  /** Offers a file; resolves when it is stored here. What the peer decides is told by events. `invalid_input` for one that cannot be read. */
  offer(peerId: string, file: GivenFile): Promise<FileView>;
  accept(id: string): Promise<FileView>;
  decline(id: string): Promise<FileView>;
  pause(id: string): Promise<FileView>;
  resume(id: string): Promise<FileView>;
  /** Ends it for both sides, and deletes what has come. */
  cancel(id: string): Promise<FileView>;
  /** Takes a file that is over from the list, with its bytes here. */
  remove(id: string): Promise<void>;
  /** Returns the bytes of one that has come whole, to save or preview. */
  open(id: string): Promise<Blob>;
  policy(peerId: string): Promise<FilePolicy>;
  setPolicy(peerId: string, policy: FilePolicy): Promise<void>;
}
