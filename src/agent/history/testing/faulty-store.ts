import { ParleyError } from '../../../protocol/errors.ts';
import { createMemoryAgentStore } from '../../../storage/memory/agent-store.ts';
import type { AgentStore } from '../../contracts/ports.ts';

/** A store in memory whose transactions can be stopped, as a full disk or the end of the process stops them. */
export interface FaultyStore {
  readonly store: AgentStore;
  /** Transactions that were begun. */
  commits: number;
  /** While true nothing can be written. */
  isFull: boolean;
  /** Once true the process has ended: a write neither happens nor fails. */
  isDead: boolean;
  /** The store that the next process finds. */
  reborn(): FaultyStore;
}

/** A faulty store over what `disk` holds. */
export function faultyStore(disk: AgentStore = createMemoryAgentStore()): FaultyStore {
  const commit: AgentStore['commit'] = async (batch) => {
    faulty.commits += 1;
    if (faulty.isDead) return new Promise(() => undefined);
    if (faulty.isFull) throw new ParleyError('storage_full', 'There is no room.');
    // Real ones take their time, in which more comes in.
    await Promise.resolve();
    await disk.commit(batch);
  };
  const faulty: FaultyStore = {
    store: { ...disk, commit },
    commits: 0,
    isFull: false,
    isDead: false,
    reborn: () => {
      faulty.isDead = true;
      return faultyStore(disk);
    },
  };
  return faulty;
}
