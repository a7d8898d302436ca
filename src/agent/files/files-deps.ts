import type { Environment } from '../../protocol/crypto/environment.ts';
import type { FileStores } from '../contracts/file-store.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { CallStreams } from '../messages/call-streams.ts';
import type { PeerCalls } from '../messages/peer-calls.ts';
import type { FileBook } from './file-book.ts';
import type { PeerPauses } from './peer-pauses.ts';

/** What files move with. */
export interface MovingDeps {
  readonly agentId: string;
  readonly environment: Pick<Environment, 'subtle' | 'random' | 'now'>;
  readonly scheduler: Scheduler;
  readonly stores: FileStores;
  readonly book: FileBook;
  readonly pauses: PeerPauses;
  readonly peerCalls: Pick<PeerCalls, 'ask'>;
  readonly callStreams: Pick<CallStreams, 'open'>;
  /** Returns the signing key that a peer has in its session with this agent, as `peerKeyOf` gives it; undefined where there is none. */
  peerKey(peerId: string): string | undefined;
  /** Says whether the directory calls a peer offline. */
  readonly presence: { isOffline(peerId: string): Promise<boolean> };
}
