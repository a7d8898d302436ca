import { toHex } from '../../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import type { PeerIdentity } from '../../protocol/handshake/identity.ts';
import type { JsonObject, JsonValue } from '../../protocol/wire/json.ts';
import { requireOther } from '../contracts/failures.ts';
import type { FileWord, StoredFile } from '../contracts/file-store.ts';
import type { FilePage, FilePolicy, FileView } from '../contracts/file-views.ts';
import type { FilesApi, GivenFile } from '../contracts/files-api.ts';
import { peerKeyOf } from '../sessions/peer-key.ts';
import { isOver } from './file-book.ts';
import { type Decision, readDecision } from './file-messages.ts';
import { fileName, fileType } from './file-name.ts';
import type { MovingDeps } from './files-deps.ts';
import { requireFile, requirePolicy } from './given.ts';
import { IncomingFiles } from './incoming-files.ts';
import { OutgoingFiles } from './outgoing-files.ts';
import { Telling } from './telling.ts';

/** The files of an agent: what its owner does with them, and what peers say of them. */
export class Files implements FilesApi {
  readonly #deps: MovingDeps;
  readonly incoming: IncomingFiles;
  readonly outgoing: OutgoingFiles;
  readonly #telling: Telling;

  constructor(deps: MovingDeps) {
    this.#deps = deps;
    this.incoming = new IncomingFiles(deps);
    this.outgoing = new OutgoingFiles(deps);
    this.#telling = new Telling(deps, (id, change) => this.outgoing.end(id, change));
  }

  shown(): readonly FileView[] {
    return this.#deps.book.shown();
  }

  async list(about: { readonly peerId?: string; readonly from?: string } = {}): Promise<FilePage> {
    return this.#deps.book.page(about);
  }

  async offer(peerId: string, given: GivenFile): Promise<FileView> {
    const { agentId, book, environment, stores } = this.#deps;
    requireOther(peerId, agentId);
    await requireFile(given);
    const id = toHex(environment.random(16));
    const at = environment.now();
    await stores.sources.keep(id, given);
    try {
      return await book.add({
        ...{ id, direction: 'outgoing', peerId, peerKey: '', name: fileName(given.name) },
        ...{ mediaType: fileType(given.mediaType), size: given.blob.size, at, status: 'offered', moved: 0 },
        ...{ digests: new Uint8Array(0), changedAt: at, pausedHere: false, pausedThere: false, isAutomatic: false },
        tell: 'offered',
      });
    } catch (cause) {
      await stores.sources.drop(id).catch(asParleyError);
      throw cause;
    } finally {
      this.#telling.start(id);
    }
  }

  async accept(id: string): Promise<FileView> {
    this.#requireOffered(id);
    const view = await this.#say(id, { status: 'waiting' }, 'accepted');
    this.incoming.enqueue(id);
    return view;
  }

  async decline(id: string): Promise<FileView> {
    this.#requireOffered(id);
    return this.#say(id, { status: 'declined' }, 'declined');
  }

  async pause(id: string): Promise<FileView> {
    const file = this.#requireUnderWay(id);
    if (file.status === 'offered' || file.tell === 'offered') {
      throw new ParleyError('invalid_input', 'This file is not accepted yet. Cancel it, or wait until it is.');
    }
    if (file.pausedHere) return this.#deps.book.view(file);
    await this.#halt(file);
    this.#requireUnderWay(id);
    return this.#say(id, { status: 'paused', pausedHere: true }, 'paused');
  }

  async resume(id: string): Promise<FileView> {
    const file = this.#requireUnderWay(id);
    if (!file.pausedHere) {
      const why = file.pausedThere ? 'The peer has paused this file, and can resume it.' : 'This file is not paused.';
      throw new ParleyError('invalid_input', why);
    }
    const status = file.pausedThere ? 'paused' : 'waiting';
    const view = await this.#say(id, { status, pausedHere: false, error: undefined }, 'resumed');
    if (file.direction === 'incoming' && !file.pausedThere) this.incoming.enqueue(id);
    return view;
  }

  async cancel(id: string): Promise<FileView> {
    const file = this.#requireUnderWay(id);
    const isUntold = file.tell === 'offered' && file.peerKey === '' && file.error !== undefined;
    await this.#halt(file);
    this.#requireUnderWay(id);
    const view = await this.#say(
      id,
      { status: 'cancelled', digests: new Uint8Array(0) },
      isUntold ? undefined : 'cancelled',
    );
    await this.#release(file);
    return view;
  }

  async remove(id: string): Promise<void> {
    const file = this.#deps.book.require(id);
    if (!isOver(file)) throw new ParleyError('invalid_input', 'This file is still under way. Cancel it first.');
    await this.#deps.book.drop(file);
  }

  async open(id: string): Promise<Blob> {
    const { direction, status, place } = this.#deps.book.require(id);
    if (direction !== 'incoming' || status !== 'whole' || place === undefined) {
      throw new ParleyError('invalid_input', 'This file has not come whole. Wait until it has.');
    }
    const blob = await this.#deps.stores.vault.open(id, place);
    if (blob !== undefined) return blob;
    throw new ParleyError('unknown_file', 'The bytes of this file are no longer where they were stored.');
  }

  async policy(peerId: string): Promise<FilePolicy> {
    return this.#deps.book.policy(peerId);
  }

  async setPolicy(peerId: string, policy: FilePolicy): Promise<void> {
    await this.#deps.book.setPolicy(peerId, requirePolicy(policy), this.#deps.peerKey(peerId));
  }

  /** Answers `parley.file.decision`. Rejects with `stream_gone` for a file that this peer has nothing to do with. */
  async decided(parameters: JsonValue, peer: PeerIdentity): Promise<JsonObject> {
    const { id, decision } = readDecision(parameters);
    const file = this.#deps.book.find(id);
    const peerKey = peerKeyOf(peer);
    // A program decides at once, before the offer's own answer is here.
    const isEarly = file?.peerKey === '' && file.tell === 'offered' && file.peerId === peer.agentId;
    if (file === undefined || !(isEarly || file.peerKey === peerKey)) {
      throw new ParleyError('stream_gone', 'There is no such file of this agent.');
    }
    if (isEarly) await this.#deps.book.change(file.id, { peerKey });
    if (!isOver(file)) await this.#hear({ ...file, peerKey }, decision);
    return {};
  }

  /** Goes on with what an earlier run has left, and deletes bytes that no record knows of. */
  goOn(): void {
    const { book } = this.#deps;
    // What cannot be deleted now is looked for at the next start.
    void this.#clearUp().catch(asParleyError);
    for (const file of book.all()) {
      if (file.tell !== undefined) this.#telling.start(file.id);
      if (file.direction === 'incoming' && file.status === 'waiting') this.incoming.enqueue(file.id);
    }
  }

  async #clearUp(): Promise<void> {
    const { book, stores } = this.#deps;
    const isKnown = (id: string, direction: StoredFile['direction']) => {
      const file = book.find(id);
      return file?.direction === direction && (!isOver(file) || file.place !== undefined);
    };
    for (const id of await stores.vault.list()) if (!isKnown(id, 'incoming')) await stores.vault.drop(id);
    for (const id of await stores.sources.list()) if (!isKnown(id, 'outgoing')) await stores.sources.drop(id);
  }

  /** Ends all that is under way; resolves when nothing more is written. */
  async stop(): Promise<void> {
    this.outgoing.stop();
    await Promise.all([this.#telling.stop(), this.incoming.stop()]);
  }

  async #hear(file: StoredFile, decision: Decision): Promise<void> {
    const { id, direction, status, pausedHere } = file;
    const { book } = this.#deps;
    const isOutgoing = direction === 'outgoing';
    // One that could not be offered at once waits, and may be decided of before the offer's own answer is here.
    const isOpen = isOutgoing && (status === 'offered' || (status === 'waiting' && file.tell === 'offered'));
    switch (decision) {
      case 'accepted':
        if (isOpen) await book.change(id, { status: 'waiting', tell: undefined });
        return;
      case 'declined':
        if (isOpen) await this.outgoing.end(id, { status: 'declined', tell: undefined });
        return;
      case 'cancelled':
        await this.#halt(file);
        await book.change(id, { status: 'cancelled', tell: undefined, digests: new Uint8Array(0) });
        await this.#release(file);
        return;
      case 'paused':
        if (status === 'offered' || file.pausedThere) return;
        await this.#halt(file);
        if (!isOver(book.require(id))) await book.change(id, { status: 'paused', pausedThere: true });
        return;
      case 'resumed':
        if (!file.pausedThere) return;
        await book.change(id, { status: pausedHere ? 'paused' : 'waiting', pausedThere: false });
        if (!isOutgoing && !pausedHere) this.incoming.enqueue(id);
        return;
    }
  }

  async #halt({ id, direction }: StoredFile): Promise<void> {
    if (direction === 'incoming') await this.incoming.halt(id);
    else this.outgoing.halt(id);
  }

  /** Deletes the bytes of a file that is over. */
  async #release({ id, direction }: StoredFile): Promise<void> {
    const { vault, sources } = this.#deps.stores;
    await (direction === 'incoming' ? vault.drop(id) : sources.drop(id));
  }

  /** Changes a file, and tells the peer. */
  async #say(id: string, change: Partial<StoredFile>, tell: FileWord | undefined): Promise<FileView> {
    const { book, environment } = this.#deps;
    const file = await book.change(id, { ...change, tell, changedAt: environment.now() });
    this.#telling.start(id);
    return book.view(file);
  }

  #requireOffered(id: string): void {
    const { direction, status } = this.#deps.book.require(id);
    if (direction === 'incoming' && status === 'offered') return;
    throw new ParleyError('invalid_input', 'This file does not wait for a decision. Nothing was changed.');
  }

  #requireUnderWay(id: string): StoredFile {
    const file = this.#deps.book.require(id);
    if (!isOver(file)) return file;
    throw new ParleyError('invalid_input', 'This file is over. Nothing was changed.');
  }
}
