import { describe, expect, test } from 'vitest';
import type { AgentStore } from '../../agent/contracts/ports.ts';
import type { StoredRequest } from '../../agent/contracts/request-store.ts';
import { auditEntry, exchange } from './history-contract.ts';

const [peer, other] = ['aa'.repeat(12), 'bb'.repeat(12)];
const request = (number: number, more: Partial<StoredRequest> = {}): StoredRequest => ({
  number,
  peer,
  tag: number.toString(16).padStart(16, '0'),
  at: 1_790_000_000 + number,
  ...more,
});

/** What every agent's store must do with which requests ran. */
export function requestContract(fresh: () => Promise<AgentStore>): void {
  const commit = (store: AgentStore, ...requests: NonNullable<Parameters<AgentStore['commit']>[0]['requests']>) =>
    store.commit({ exchanges: [], audit: [], requests });

  describe('which requests ran', () => {
    test('is nothing at first, then what was added, in its order', async () => {
      const store = await fresh();
      expect(await store.loadRequests()).toEqual({ requests: [], floors: [] });
      const all = [request(1), request(2, { peer: other, sentAt: 7 }), request(10)];
      await commit(store, { add: all, drop: [], floors: [] });
      expect((await store.loadRequests()).requests).toEqual(all);
    });

    test('loses what is dropped, also within one transaction, and keeps each peer’s newest floor', async () => {
      const store = await fresh();
      await commit(store, { add: [request(1), request(2)], drop: [], floors: [{ peer, sentAt: 5 }] });
      await commit(
        store,
        { add: [request(3)], drop: [1], floors: [{ peer: '', sentAt: 1 }] },
        { add: [request(4)], drop: [3, 99], floors: [{ peer, sentAt: 6 }] },
      );
      const { requests, floors } = await store.loadRequests();
      expect(requests).toEqual([request(2), request(4)]);
      expect(floors.toSorted((a, b) => (a.peer < b.peer ? -1 : 1))).toEqual([
        { peer: '', sentAt: 1 },
        { peer, sentAt: 6 },
      ]);
    });

    test('stands and falls with the exchange that is written with it', async () => {
      const store = await fresh();
      const change = { add: [request(1)], drop: [], floors: [] };
      await store.commit({ exchanges: [exchange()], audit: [auditEntry(0)], requests: [change] });
      const again = { exchanges: [exchange({ sequence: 2 })], audit: [auditEntry(0)] };
      await expect(
        store.commit({ ...again, requests: [{ add: [request(2)], drop: [1], floors: [] }] }),
      ).rejects.toThrow(/storage_failed/);
      expect((await store.loadRequests()).requests).toEqual([request(1)]);
    });

    test('outlasts its conversation, and nothing else of the agent', async () => {
      const store = await fresh();
      const change = { add: [request(1)], drop: [], floors: [{ peer, sentAt: 5 }] };
      await store.commit({ exchanges: [exchange()], audit: [], requests: [change] });
      await store.deleteExchanges('helper_agent_001', { upTo: 9 }, []);
      expect((await store.loadRequests()).requests).toEqual([request(1)]);
      await store.erase();
      await store.loadIdentity();
      expect(await store.loadRequests()).toEqual({ requests: [], floors: [] });
    });
  });
}
