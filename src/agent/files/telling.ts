import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import { failureView } from '../contracts/failures.ts';
import type { StoredFile } from '../contracts/file-store.ts';
import { peerKeyOf } from '../sessions/peer-key.ts';
import { isRefused } from './failed-tries.ts';
import { isOver } from './file-book.ts';
import { fileMethods, readOffered } from './file-messages.ts';
import type { MovingDeps } from './files-deps.ts';

/** Milliseconds for one try to tell a peer something. */
const tellMs = 30_000;
/** Milliseconds after which a peer that cannot be reached is not told any more. */
const givenUpMs = 7 * 86_400_000;

/** Tells peers of files: offers, and what was decided, until they have heard it. Of one file only the newest word counts. */
export class Telling {
  readonly #deps: MovingDeps;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #ending = new AbortController();
  /** Ends a file that was declined, or could not be offered. */
  readonly #end: (id: string, change: Partial<StoredFile>) => Promise<unknown>;

  constructor(deps: MovingDeps, end: (id: string, change: Partial<StoredFile>) => Promise<unknown>) {
    this.#deps = deps;
    this.#end = end;
  }

  /** Tells what the record of a file says is to be told. */
  start(id: string): void {
    if (this.#underWay.has(id) || this.#ending.signal.aborted) return;
    const work = this.#tell(id).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, work);
  }

  async stop(): Promise<void> {
    this.#ending.abort(new ParleyError('not_registered', 'This agent was stopped.'));
    await Promise.all(this.#underWay.values());
  }

  async #tell(id: string): Promise<void> {
    const { book, pauses, environment } = this.#deps;
    const { signal } = this.#ending;
    for (let tries = 0; !signal.aborted; tries++) {
      const file = book.find(id);
      if (file?.tell === undefined) return;
      try {
        await this.#say(file);
      } catch (cause) {
        if (signal.aborted) return;
        const error = asParleyError(cause);
        const isLate = environment.now() - file.changedAt > givenUpMs;
        if (isRefused(error) || isLate) await this.#refused(file, error);
        else {
          if (file.tell === 'offered' && !isOver(file))
            await this.#note(id, { status: 'waiting', error: failureView(error) });
          await pauses.pause(file.peerId, tries, signal);
        }
      }
    }
  }

  async #say(file: StoredFile): Promise<void> {
    const { book, peerCalls, presence } = this.#deps;
    const { id, peerId, tell, name, mediaType, size } = file;
    if (tell === undefined) return;
    if (await presence.isOffline(peerId)) {
      throw new ParleyError('peer_unreachable', `${peerId} is offline. It is told when it is back.`);
    }
    const impatience = { timeout: tellMs, signal: this.#ending.signal };
    if (tell !== 'offered') {
      await peerCalls.ask(peerId, fileMethods.decision, { id, decision: tell }, impatience);
      if (book.find(id)?.tell === tell) await this.#note(id, { tell: undefined });
      return;
    }
    const parameters = { file: { id, name, media_type: mediaType, size } };
    const { result, peer } = await peerCalls.ask(peerId, fileMethods.offer, parameters, impatience);
    const decision = readOffered(result);
    const now = book.find(id);
    // It may have been read, paused or cancelled meanwhile.
    if (now?.tell !== 'offered') return;
    const told = { tell: undefined, peerKey: peerKeyOf(peer), error: undefined };
    if (decision === 'declined') await this.#end(id, { ...told, status: 'declined' });
    else await this.#note(id, { ...told, status: decision === 'asked' ? 'offered' : 'waiting' });
  }

  async #refused({ id, tell }: StoredFile, error: ParleyError): Promise<void> {
    const now = this.#deps.book.find(id);
    if (now === undefined || now.tell !== tell) return;
    if (tell === 'offered' && !isOver(now)) {
      await this.#end(id, { tell: undefined, status: 'failed', error: failureView(error) }).catch(asParleyError);
    } else await this.#note(id, { tell: undefined });
  }

  /** Changes what is known, also where it cannot be stored: after a restart the peer is told again. */
  async #note(id: string, change: Partial<StoredFile>): Promise<void> {
    if (this.#deps.book.find(id) !== undefined) await this.#deps.book.change(id, change).catch(asParleyError);
  }
}
