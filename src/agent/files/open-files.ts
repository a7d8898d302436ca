import type { FileEvent } from '../contracts/file-views.ts';
import type { OwnMethods } from '../messages/own-methods.ts';
import { FileBook } from './file-book.ts';
import { fileMethods } from './file-messages.ts';
import { Files } from './files.ts';
import type { MovingDeps } from './files-deps.ts';
import { PeerPauses } from './peer-pauses.ts';

/** What the files of an agent stand on. */
export interface OpenFilesDeps extends Omit<MovingDeps, 'book' | 'pauses'> {
  readonly ownMethods: Pick<OwnMethods, 'register'>;
  emit(event: FileEvent): void;
}

/** The files of an agent, and how they hear that somebody has come. */
export interface OpenedFiles {
  readonly files: Files;
  /** Goes on at once with what waits for a peer, or for anybody. */
  wake(peerId?: string): void;
  /** Goes on with what an earlier run has left. */
  goOn(): void;
  /** Ends all that is under way; resolves when nothing more is written. */
  stop(): Promise<void>;
}

/** Opens the files of an agent: from then on peers can offer some, and read those they were offered. Rejects with `storage_failed`. */
export async function openFiles({ ownMethods, emit, ...deps }: OpenFilesDeps): Promise<OpenedFiles> {
  const { stores, environment, scheduler } = deps;
  const book = await FileBook.load({
    records: stores.records,
    emit,
    now: () => environment.now(),
    forget: async ({ id, direction, place }) => {
      await (direction === 'incoming' ? stores.vault.drop(id, place) : stores.sources.drop(id));
    },
  });
  const pauses = new PeerPauses(scheduler);
  const files = new Files({ ...deps, book, pauses });
  ownMethods.register(fileMethods.offer, async (parameters, peer) => ({
    ...(await files.incoming.offered(parameters, peer)),
  }));
  ownMethods.register(fileMethods.read, (parameters, peer) => files.outgoing.read(parameters, peer));
  ownMethods.register(fileMethods.done, (parameters, peer) => files.outgoing.done(parameters, peer));
  ownMethods.register(fileMethods.decision, (parameters, peer) => files.decided(parameters, peer));
  return { files, wake: (peerId) => pauses.wake(peerId), goOn: () => files.goOn(), stop: () => files.stop() };
}
