import { openDB } from 'idb';
import { describe, expect, test } from 'vitest';
import { commit, groupId } from '../../testing/delivery-records.ts';
import { deliveryStoreContract } from '../../testing/delivery-store-contract.ts';
import { openDeliveryStore } from './delivery-store.ts';

describe('a delivery service’s store in IndexedDB', () => deliveryStoreContract(openDeliveryStore));

test('two tabs share it: an index is taken once', async () => {
  const stores = [await openDeliveryStore('shared-delivery'), await openDeliveryStore('shared-delivery')];
  const rivals = stores.map((store, at) => store.append(commit(0, ['agent_b'], `${at}`.repeat(32))));
  expect((await Promise.all(rivals)).toSorted()).toEqual([false, true]);
  for (const store of stores) expect(await store.inbox('agent_b', 0, 9)).toHaveLength(1);
});

test('a record that is damaged is refused, not believed', async () => {
  const store = await openDeliveryStore('damaged-delivery');
  await store.append(commit(0));
  const database = await openDB('damaged-delivery');
  await database.put('groups', { tip: 'none' }, groupId);
  database.close();
  await expect(store.group(groupId)).rejects.toMatchObject({ code: 'storage_failed' });
  await expect(store.append(commit(1))).rejects.toMatchObject({ code: 'storage_failed' });
});
