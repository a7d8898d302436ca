import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { Archives } from '../backup/archives.ts';
import { exportHistory } from '../backup/export-history.ts';
import { Emitter } from '../contracts/emitter.ts';
import type { HistoryKeys } from '../contracts/history-store.ts';
import type { SearchInput, SearchView } from '../contracts/history-views.ts';
import type { AgentStore, Scheduler } from '../contracts/ports.ts';
import type { AgentEvent, ExchangeView } from '../contracts/views.ts';
import { History } from '../history/history.ts';
import { KeptRecordings } from '../history/kept-recordings.ts';
import { type OpenInGroup, restoreConversations } from '../history/restart.ts';
import { RetentionKeeper } from '../history/retention.ts';
import type { Companion } from '../history/write-queue.ts';
import { wordsOfExchange } from '../search/exchange-words.ts';
import { searchHistory } from '../search/search.ts';
import { SearchTokens } from '../search/tokens.ts';
import type { ActivityLog } from '../state/activity-log.ts';

/** What keeping conversations takes. */
export interface HistoryServiceDeps {
  readonly agentId: string;
  readonly store: AgentStore;
  readonly environment: Pick<Environment, 'subtle' | 'random' | 'now' | 'monotonic'>;
  readonly scheduler: Scheduler;
  readonly activity: ActivityLog;
  readonly emit: (event: AgentEvent) => void;
  readonly keys: HistoryKeys;
  /** What is written in the same transactions. */
  readonly companion: Companion;
  /** See `HistoryDeps`. */
  readonly peerBudget?: number;
}

/** An agent's kept conversations at work. */
export interface HistoryService {
  readonly keys: HistoryKeys;
  readonly history: History;
  readonly retention: RetentionKeeper;
  /** What was recorded of the newest sessions. */
  readonly recordings: KeptRecordings;
  /** Requests of the last run that have no answer yet, the oldest first. */
  readonly unanswered: readonly ExchangeView[];
  /** What was under way in groups, the oldest first. */
  readonly inGroups: readonly OpenInGroup[];
  /** Deletes exchanges with a peer, all or those of `sequences`; gives how many were there. With all go the recordings of its sessions. */
  deleteHistory(peerId: string, sequences?: readonly number[]): Promise<number>;
  /** Tells `listener` of every conversation that something was deleted from; the function it returns ends that. */
  followDeletions(listener: (peerId: string) => void): () => void;
  /** Histories that were imported, to be read. */
  readonly archives: Archives;
  /** Returns the history, of one peer or all, as a file under a passphrase; see `exportHistory`. */
  exportHistory(passphrase: string, peerId?: string): Promise<Bytes>;
  /** Finds exchanges by words; see `searchHistory`. */
  search(input: SearchInput): Promise<SearchView>;
  /** Ends the background work and keeps nothing more. */
  stop(): void;
}

/** Opens what an agent keeps and brings its conversations back. Rejects with `storage_failed` or `storage_full`. */
export async function startHistoryService(deps: HistoryServiceDeps): Promise<HistoryService> {
  const { agentId, store, environment, scheduler, activity, keys, companion } = deps;
  const tokens = new SearchTokens(environment.subtle, keys.index);
  const deletions = new Emitter<string>();
  const history = await History.open({
    agentId,
    store,
    keys,
    environment,
    deleted: (peerId, which) => {
      activity.dropExchanges(peerId, which);
      deletions.emit(peerId);
    },
    changed: (storage) => deps.emit({ type: 'storage', storage }),
    tokensOf: (exchange) => tokens.ofWords(wordsOfExchange(exchange)),
    companion,
    ...(deps.peerBudget === undefined ? {} : { peerBudget: deps.peerBudget }),
  });
  const recordings = await KeptRecordings.open({ agentId, keys, environment, store, scheduler, activity });
  const retention = new RetentionKeeper({ store, history, recordings, scheduler, environment });
  await retention.start();
  const underWay = await restoreConversations(history, store, activity).catch((cause: unknown) => {
    retention.stop();
    recordings.stop();
    history.close();
    throw cause;
  });
  void history.dropOldBytes(environment.now());
  const archives = new Archives({ agentId, keys, environment, store });
  return {
    keys,
    history,
    retention,
    recordings,
    ...underWay,
    deleteHistory: async (peerId, sequences) => {
      if (sequences !== undefined) return history.delete({ peerId, which: { sequences }, reason: 'person' });
      await recordings.drop((one) => one.peerId === peerId);
      return history.delete({ peerId, which: { upTo: history.lastSequence(peerId) }, reason: 'person' });
    },
    followDeletions: (listener) => deletions.follow(listener),
    archives,
    exportHistory: (passphrase, peerId) =>
      exportHistory({ agentId, history, store, now: () => environment.now() }, passphrase, peerId),
    search: (input) => searchHistory({ store, tokens, read: (found) => history.read(found), environment }, input),
    stop: () => {
      retention.stop();
      recordings.stop();
      history.close();
      archives.close();
    },
  };
}
