import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import type { HistoryKeys, HistoryStore, Which } from '../contracts/history-store.ts';
import type { ExchangeView, StorageView } from '../contracts/views.ts';
import type { Companion } from './write-queue.ts';

/** What a history works with. */
export interface HistoryDeps {
  readonly agentId: string;
  readonly store: HistoryStore;
  readonly keys: HistoryKeys;
  readonly environment: Pick<Environment, 'subtle' | 'random'>;
  /** Told when exchanges were deleted. */
  readonly deleted: (peerId: string, which: Which) => void;
  /** Told when nothing more can be kept, and when it can again. */
  readonly changed: (storage: StorageView) => void;
  /** What the index finds a settled exchange by, 8 bytes each. */
  readonly tokensOf: (exchange: ExchangeView) => Promise<readonly Bytes[]>;
  /** What is written in the same transactions. */
  readonly companion: Companion;
  /** Bytes of ciphertext from which on requests of a peer are refused, where the person has set no limit. */
  readonly peerBudget?: number;
}
