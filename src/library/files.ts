import type { Agent } from '../agent/agent.ts';
import type { Emitter } from '../agent/contracts/emitter.ts';
import type { FileEvent, FilePage, FilePolicy, FileView } from '../agent/contracts/file-views.ts';
import type { FilesApi, GivenFile } from '../agent/contracts/files-api.ts';
import type { AgentEvent } from '../agent/contracts/views.ts';
import { type Report, telling } from './error-listener.ts';

/** What files reach their agent through. */
interface FilesDeps {
  /** Every event of the agent, from before it was opened. */
  readonly events: Emitter<AgentEvent>;
  readonly report: Report;
  ask<T>(work: (agent: Agent) => T | Promise<T>): Promise<T>;
  /** Returns the agent while it is open. */
  opened(): Agent | undefined;
}

/**
 * Files that go to peers and come from them. A file goes on where it was after a loss of the connection or a restart of either side, and is
 * whole only when its hash is the sender's. Calls reject with `unknown_file` for an id that there is none of.
 */
export class Files implements FilesApi {
  readonly #deps: FilesDeps;

  constructor(deps: FilesDeps) {
    this.#deps = deps;
  }

  /** Returns all that the agent remembers, the oldest first; nothing while it is not open. */
  shown(): readonly FileView[] {
    return this.#deps.opened()?.files.shown() ?? [];
  }

  /** Returns a page of the files of one peer, or of all, the newest first; `from` is the `next` of the page before. */
  list(about?: { readonly peerId?: string; readonly from?: string }): Promise<FilePage> {
    return this.#deps.ask(({ files }) => files.list(about));
  }

  /**
   * Offers a file to a peer; resolves when it is stored here. What the peer decides is told by `onEvent`. On Node, `fs.openAsBlob` gives
   * the blob, and with `path` it goes on after a restart. Rejects with `invalid_input` for one that cannot be read.
   */
  offer(peerId: string, file: GivenFile | File): Promise<FileView> {
    const given = file instanceof File ? { name: file.name, mediaType: file.type, blob: file } : file;
    return this.#deps.ask(({ files }) => files.offer(peerId, given));
  }

  /** Has a file come that a peer offers. */
  accept(id: string): Promise<FileView> {
    return this.#deps.ask(({ files }) => files.accept(id));
  }

  decline(id: string): Promise<FileView> {
    return this.#deps.ask(({ files }) => files.decline(id));
  }

  /** Stops a file for now. */
  pause(id: string): Promise<FileView> {
    return this.#deps.ask(({ files }) => files.pause(id));
  }

  /** Goes on with a file that was paused here. */
  resume(id: string): Promise<FileView> {
    return this.#deps.ask(({ files }) => files.resume(id));
  }

  /** Ends a file for both sides, and deletes what has come. */
  cancel(id: string): Promise<FileView> {
    return this.#deps.ask(({ files }) => files.cancel(id));
  }

  /** Takes a file that is over from the list, with its bytes here. */
  remove(id: string): Promise<void> {
    return this.#deps.ask(({ files }) => files.remove(id));
  }

  /** Returns the bytes of one that has come whole, as a blob that is read piece by piece. */
  open(id: string): Promise<Blob> {
    return this.#deps.ask(({ files }) => files.open(id));
  }

  /** Returns what happens to the files that a peer offers: they are asked about unless it was set. */
  policy(peerId: string): Promise<FilePolicy> {
    return this.#deps.ask(({ files }) => files.policy(peerId));
  }

  setPolicy(peerId: string, policy: FilePolicy): Promise<void> {
    return this.#deps.ask(({ files }) => files.setPolicy(peerId, policy));
  }

  /** Tells `listener` of each file that is new or has moved on, and of those that are no longer in the list. Returns what ends that. */
  onEvent(listener: (event: FileEvent) => unknown): () => void {
    const { events, report } = this.#deps;
    const tell = telling(listener, report, ({ type }) => ({ source: 'onEvent', event: type }));
    return events.follow((event) => {
      if (event.type === 'file' || event.type === 'files_gone') tell(event);
    });
  }
}
