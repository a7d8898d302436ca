import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import type { PeerIdentity } from '../../protocol/handshake/identity.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import { failureView } from '../contracts/failures.ts';
import type { StoredFile } from '../contracts/file-store.ts';
import { peerKeyOf } from '../sessions/peer-key.ts';
import { verdictOf } from './failed-tries.ts';
import { isOver } from './file-book.ts';
import { type OfferAnswer, readOffer } from './file-messages.ts';
import { fileName, fileType } from './file-name.ts';
import type { MovingDeps } from './files-deps.ts';
import { receive } from './receiving.ts';

/** Files of one peer that move at once; the rest waits in order. */
const mostAtOnce = 3;
/** Offers of one peer that wait for a decision. */
const mostOpen = 64;
/** Tries in a row that move nothing, of a stream that ends early. */
const mostInVain = 5;
/** Milliseconds without a byte after which a file is given up. */
const givenUpMs = 7 * 86_400_000;
/** Milliseconds, and the times its limit, for what a peer may have accepted by itself. */
const automatic = { ms: 86_400_000, times: 10 } as const;

interface Running {
  readonly ending: AbortController;
  readonly over: Promise<void>;
}

/** The files that peers offer, and that come from them: this side reads. */
export class IncomingFiles {
  readonly #deps: MovingDeps;
  /** Those that wait for their turn, by peer. */
  readonly #queues = new Map<string, string[]>();
  readonly #running = new Map<string, Running>();
  #isStopped = false;

  constructor(deps: MovingDeps) {
    this.#deps = deps;
  }

  /** Answers an offer. Rejects with `malformed_message`, with `rate_limited` for more than a person can look through, and as the store does. */
  async offered(parameters: JsonValue, peer: PeerIdentity): Promise<{ readonly decision: OfferAnswer }> {
    const { book, environment } = this.#deps;
    const { id, name, media_type, size } = readOffer(parameters).file;
    const peerKey = peerKeyOf(peer);
    const known = book.find(id);
    if (known !== undefined) return { decision: repeated(known, peerKey) };
    const policy = await book.policyOfKey(peer.agentId, peerKey);
    if (policy.kind === 'never') return { decision: 'declined' };
    const isAutomatic = policy.kind === 'accept' && size <= policy.upTo && this.#fits(peerKey, size, policy.upTo);
    if (!isAutomatic) this.#requireRoom(peerKey);
    const at = environment.now();
    await book.add({
      ...{
        id,
        direction: 'incoming',
        peerId: peer.agentId,
        peerKey,
        name: fileName(name),
        mediaType: fileType(media_type),
      },
      ...{ size, at, status: isAutomatic ? 'waiting' : 'offered', moved: 0, digests: new Uint8Array(0), changedAt: at },
      ...{ pausedHere: false, pausedThere: false, isAutomatic },
    });
    if (isAutomatic) this.enqueue(id);
    return { decision: isAutomatic ? 'accepted' : 'asked' };
  }

  /** Has a file come once it is its turn. */
  enqueue(id: string): void {
    const { peerId } = this.#deps.book.require(id);
    const queue = this.#queues.get(peerId) ?? [];
    if (this.#isStopped || this.#running.has(id) || queue.includes(id)) return;
    this.#queues.set(peerId, [...queue, id]);
    this.#next(peerId);
  }

  /** Stops a file where it is; resolves when nothing more is written of it. */
  async halt(id: string): Promise<void> {
    for (const [peerId, queue] of this.#queues)
      this.#setQueue(
        peerId,
        queue.filter((other) => other !== id),
      );
    const running = this.#running.get(id);
    running?.ending.abort(new ParleyError('cancelled', 'This file was stopped.'));
    await running?.over;
  }

  /** Stops all; resolves when nothing more is written. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#queues.clear();
    await Promise.all([...this.#running.keys()].map((id) => this.halt(id)));
  }

  /** True while the policy takes another file of a peer by itself: of one that offers without end no more than so much a day. */
  #fits(peerKey: string, size: number, upTo: number): boolean {
    const { book, environment } = this.#deps;
    const since = environment.now() - automatic.ms;
    const taken = book
      .all()
      .filter((file) => file.isAutomatic && file.peerKey === peerKey && file.at > since)
      .reduce((sum, file) => sum + file.size, 0);
    return taken + size <= automatic.times * upTo;
  }

  #requireRoom(peerKey: string): void {
    const open = this.#deps.book.all().filter(({ peerKey: key, status }) => key === peerKey && status === 'offered');
    if (open.length < mostOpen) return;
    throw new ParleyError('rate_limited', `${mostOpen} files of one peer wait for a decision at once. Offer it later.`);
  }

  #setQueue(peerId: string, queue: readonly string[]): void {
    if (queue.length === 0) this.#queues.delete(peerId);
    else this.#queues.set(peerId, [...queue]);
  }

  #next(peerId: string): void {
    const { book } = this.#deps;
    const count = [...this.#running.keys()].filter((id) => book.find(id)?.peerId === peerId).length;
    const [id, ...rest] = this.#queues.get(peerId) ?? [];
    if (id === undefined || count >= mostAtOnce || this.#isStopped) return;
    this.#setQueue(peerId, rest);
    const ending = new AbortController();
    const over = this.#run(id, ending.signal).finally(() => {
      this.#running.delete(id);
      this.#next(peerId);
    });
    this.#running.set(id, { ending, over });
    this.#next(peerId);
  }

  async #run(id: string, signal: AbortSignal): Promise<void> {
    const { book, pauses } = this.#deps;
    let inVain = 0;
    let tries = 0;
    while (!signal.aborted) {
      const before = book.find(id);
      if (before === undefined || isOver(before)) return;
      try {
        await receive(this.#deps, id, signal);
        return;
      } catch (cause) {
        const file = book.find(id);
        if (signal.aborted || file === undefined) return;
        const hasMoved = file.moved > before.moved;
        const error = asParleyError(cause);
        const verdict = verdictOf(error);
        inVain = hasMoved ? 0 : inVain + (verdict === 'soon' ? 1 : 0);
        tries = hasMoved ? 0 : tries + 1;
        if (!(await this.#goesOn(file, error, inVain))) return;
        await pauses.pause(file.peerId, verdict === 'soon' && hasMoved ? 0 : tries - 1, signal);
      }
    }
  }

  /** Shows what a failed try means; false when there is no other by itself. */
  async #goesOn(file: StoredFile, error: ParleyError, inVain: number): Promise<boolean> {
    const verdict = verdictOf(error);
    const isLate = this.#deps.environment.now() - file.changedAt > givenUpMs;
    const shown = failureView(error);
    if (verdict === 'failed' || inVain >= mostInVain || isLate) await this.#end(file, 'failed', error);
    else if (verdict === 'missing') await this.#end(file, 'missing', gone(error));
    else if (verdict === 'paused') await this.#note(file.id, { status: 'paused', pausedThere: true, error: undefined });
    else if (verdict === 'stored') await this.#note(file.id, { status: 'paused', pausedHere: true, error: shown });
    else {
      await this.#note(file.id, { status: 'waiting', error: verdict === 'soon' ? undefined : shown });
      return true;
    }
    return false;
  }

  async #end({ id }: StoredFile, status: 'failed' | 'missing', error: ParleyError): Promise<void> {
    await this.#note(id, { status, error: failureView(error), moved: 0, digests: new Uint8Array(0) });
    await this.#deps.stores.vault.drop(id).catch(asParleyError);
  }

  /** Changes what is shown, also where it cannot be stored: after a restart it is tried again. */
  async #note(id: string, change: Partial<StoredFile>): Promise<void> {
    await this.#deps.book.change(id, change).catch(asParleyError);
  }
}

/** Returns why a file no longer comes: its sender says so in words of its own. */
function gone(cause: ParleyError): ParleyError {
  return new ParleyError('unknown_file', 'The sender no longer has this file as it was offered.', { cause });
}

/** Returns what was decided of a file that is offered again. Throws `malformed_message` for the id of another one. */
function repeated({ direction, peerKey, status }: StoredFile, offeredBy: string): OfferAnswer {
  if (direction !== 'incoming' || peerKey !== offeredBy) {
    throw new ParleyError('malformed_message', 'There is another file of this id.');
  }
  if (status === 'offered') return 'asked';
  return status === 'declined' || status === 'cancelled' ? 'declined' : 'accepted';
}
