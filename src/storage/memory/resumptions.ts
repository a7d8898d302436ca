import type { ResumptionStore, StoredResumption } from '../../agent/contracts/resumption-store.ts';

/** What can be resumed, for as long as the process lives. */
export interface MemoryResumptions extends ResumptionStore {
  clear(): void;
}

/** Creates an empty store of resumption records. */
export function createMemoryResumptions(): MemoryResumptions {
  const records = new Map<string, StoredResumption>();
  return {
    loadResumptions: async () => [...records.values()],
    saveResumption: async (record, replaces) => {
      if (replaces !== undefined) records.delete(replaces);
      records.set(record.resumptionId, record);
    },
    takeResumption: async (resumptionId) => records.delete(resumptionId),
    clear: () => records.clear(),
  };
}
