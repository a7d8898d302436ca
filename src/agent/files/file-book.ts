import { ParleyError } from '../../protocol/errors.ts';
import type { FileRecords, StoredFile, StoredFilePolicy } from '../contracts/file-store.ts';
import type { FileEvent, FilePage, FilePolicy, FileStatus, FileView } from '../contracts/file-views.ts';
import { Rate } from './rate.ts';
import { fileView } from './view.ts';

/** Files that are remembered of one peer, and in all. */
const mostFiles = { ofPeer: 1_000, inAll: 4_000 } as const;
/** Files of a page. */
const pageFiles = 100;
/** Milliseconds between two events that tell only of progress. */
const progressMs = 250;
/** Peers of which a policy is stored. */
const mostPolicies = 10_000;

const over: ReadonlySet<FileStatus> = new Set(['whole', 'declined', 'cancelled', 'missing', 'failed']);

/** True for a file with which nothing happens any more. */
export function isOver({ status }: Pick<StoredFile, 'status'>): boolean {
  return over.has(status);
}

/** What the book is kept with. */
export interface FileBookDeps {
  readonly records: FileRecords;
  emit(event: FileEvent): void;
  /** Milliseconds since 1970. */
  now(): number;
  /** Deletes the bytes of a file that makes room. */
  forget(file: StoredFile): Promise<void>;
}

interface Live {
  readonly rate: Rate;
  toldAt: number;
  moved: number;
}

/** Every file of an agent, as it is stored and shown. */
export class FileBook {
  readonly #deps: FileBookDeps;
  readonly #files: Map<string, StoredFile>;
  readonly #policies: Map<string, StoredFilePolicy>;
  readonly #live = new Map<string, Live>();

  private constructor(deps: FileBookDeps, files: readonly StoredFile[], policies: Map<string, StoredFilePolicy>) {
    this.#deps = deps;
    const resting = files.map((file) => (file.status === 'moving' ? { ...file, status: 'waiting' as const } : file));
    this.#files = new Map(resting.sort((a, b) => a.at - b.at).map((file) => [file.id, file]));
    this.#policies = policies;
  }

  /** Returns what is stored: what was moving waits. Rejects with `storage_failed`. */
  static async load(deps: FileBookDeps): Promise<FileBook> {
    const { records } = deps;
    const policies = (await records.loadFilePolicies()).map((stored) => [stored.peerId, stored] as const);
    return new FileBook(deps, await records.loadFiles(), new Map(policies));
  }

  /** Returns all files, the oldest first. */
  all(): readonly StoredFile[] {
    return [...this.#files.values()];
  }

  /** Returns the file of an id. */
  find(id: string): StoredFile | undefined {
    return this.#files.get(id);
  }

  /** Returns the file of an id. Throws `unknown_file`. */
  require(id: string): StoredFile {
    const file = this.#files.get(id);
    if (file !== undefined) return file;
    throw new ParleyError('unknown_file', 'There is no file of this id in the list. Nothing was changed.');
  }

  /** Returns a file as it is shown. */
  view(file: StoredFile): FileView {
    const live = this.#live.get(file.id);
    const isMoving = file.status === 'moving';
    return fileView(
      file,
      isMoving ? (live?.moved ?? file.moved) : file.moved,
      isMoving ? live?.rate.perSecond : undefined,
    );
  }

  /** Returns everything as it is shown, the oldest first. */
  shown(): readonly FileView[] {
    return this.all().map((file) => this.view(file));
  }

  /** Returns a page, the newest first. Throws `invalid_input` for a `from` that no page has given. */
  page({ peerId, from }: { readonly peerId?: string; readonly from?: string } = {}): FilePage {
    const files = this.all()
      .filter((file) => peerId === undefined || file.peerId === peerId)
      .reverse();
    const begin = from === undefined ? 0 : files.findIndex(({ id }) => id === from);
    if (begin < 0) throw new ParleyError('invalid_input', 'No page begins there. Begin with the first one.');
    const next = files[begin + pageFiles]?.id;
    const page = files.slice(begin, begin + pageFiles).map((file) => this.view(file));
    return { files: page, ...(next === undefined ? {} : { next }) };
  }

  /**
   * Adds a file. The oldest that are over make room for it: of its peer, or of the one that has the most. Rejects with `rate_limited` when there are none, and as the
   * store does.
   */
  async add(file: StoredFile): Promise<FileView> {
    this.#files.set(file.id, file);
    try {
      await this.#makeRoom(file);
      await this.#deps.records.saveFile(file);
    } catch (cause) {
      this.#files.delete(file.id);
      throw cause;
    }
    return this.#tell(file);
  }

  async #makeRoom({ id, peerId }: StoredFile): Promise<void> {
    const ofPeer = this.all().filter((file) => file.peerId === peerId);
    if (ofPeer.length <= mostFiles.ofPeer && this.#files.size <= mostFiles.inAll) return;
    const among = ofPeer.length > mostFiles.ofPeer ? ofPeer : this.#ofWhoHasMost();
    const oldest = among.find((file) => file.id !== id && isOver(file));
    if (oldest === undefined) {
      throw new ParleyError('rate_limited', 'There are too many files under way. Try again when some are over.');
    }
    await this.drop(oldest);
  }

  /** Returns the files of the peer that has the most of them: one that offers many takes no room of others. */
  #ofWhoHasMost(): readonly StoredFile[] {
    const byPeer = [...Map.groupBy(this.all(), ({ peerId }) => peerId).values()];
    return byPeer.reduce((most, files) => (files.length > most.length ? files : most), []);
  }

  /** Changes what is stored of a file, and tells it. Rejects as the store does; it is changed here even so. */
  async change(id: string, change: Partial<StoredFile>): Promise<StoredFile> {
    const file = { ...this.require(id), ...change };
    this.#files.set(id, file);
    if (file.status !== 'moving') this.#live.delete(id);
    this.#tell(file);
    await this.#deps.records.saveFile(file);
    return file;
  }

  /** Shows how far a file has come that moves; this is not stored. */
  progress(id: string, moved: number): void {
    const file = this.#files.get(id);
    if (file === undefined) return;
    const at = this.#deps.now();
    const live = this.#live.get(id) ?? { rate: new Rate(), toldAt: 0, moved };
    live.moved = moved;
    live.rate.note(at, moved);
    this.#live.set(id, live);
    if (at - live.toldAt < progressMs) return;
    live.toldAt = at;
    this.#tell(file);
  }

  /** Takes a file from the list, with its bytes. */
  async drop(file: StoredFile): Promise<void> {
    this.#files.delete(file.id);
    this.#live.delete(file.id);
    this.#deps.emit({ type: 'files_gone', ids: [file.id] });
    await this.#deps.records.dropFile(file.id);
    await this.#deps.forget(file);
  }

  /** Returns what happens to the files of a peer: who decides is asked, unless somebody said otherwise. */
  policy(peerId: string): FilePolicy {
    return this.#policies.get(peerId)?.policy ?? { kind: 'ask' };
  }

  /**
   * Returns what happens to the files of a peer that has this signing key. What is accepted of one key is asked about for another under
   * the same agent_id. Rejects as the store does.
   */
  async policyOfKey(peerId: string, peerKey: string): Promise<FilePolicy> {
    const { policy, peerKey: key } = this.#policies.get(peerId) ?? { policy: { kind: 'ask' } };
    if (policy.kind !== 'accept' || key === peerKey) return policy;
    if (key === undefined) await this.setPolicy(peerId, policy, peerKey);
    return key === undefined ? policy : { kind: 'ask' };
  }

  /** Says what happens to the files of a peer from now on. `peerKey`: the signing key that it has now, if that is known; else the next that offers a file. */
  async setPolicy(peerId: string, policy: FilePolicy, peerKey?: string): Promise<void> {
    if (!this.#policies.has(peerId) && this.#policies.size >= mostPolicies) {
      throw new ParleyError('invalid_input', 'There are too many peers with a policy. Nothing was changed.');
    }
    const stored = { peerId, policy, ...(peerKey === undefined ? {} : { peerKey }) };
    await this.#deps.records.saveFilePolicy(stored);
    this.#policies.set(peerId, stored);
  }

  #tell(file: StoredFile): FileView {
    const view = this.view(file);
    this.#deps.emit({ type: 'file', file: view });
    return view;
  }
}
