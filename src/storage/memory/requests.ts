import type { RequestChange, RequestStore, StoredFloor, StoredRequest } from '../../agent/contracts/request-store.ts';

/** Which requests ran, for as long as the process lives. */
export interface MemoryRequests extends RequestStore {
  put(change: RequestChange): void;
  clear(): void;
}

/** Creates an empty store of which requests ran. */
export function createMemoryRequests(): MemoryRequests {
  const requests = new Map<number, StoredRequest>();
  const floors = new Map<string, StoredFloor>();
  return {
    loadRequests: async () => ({ requests: [...requests.values()], floors: [...floors.values()] }),
    put: (change) => {
      for (const number of change.drop) requests.delete(number);
      for (const request of change.add) requests.set(request.number, request);
      for (const floor of change.floors) floors.set(floor.peer, floor);
    },
    clear: () => {
      requests.clear();
      floors.clear();
    },
  };
}
