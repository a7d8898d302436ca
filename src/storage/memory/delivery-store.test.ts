import { describe } from 'vitest';
import type { DeliveryStore } from '../../delivery/store.ts';
import { deliveryStoreContract } from '../testing/delivery-store-contract.ts';
import { createMemoryDeliveryStore } from './delivery-store.ts';

describe('a delivery service’s store in memory', () => {
  const opened = new Map<string, DeliveryStore>();
  deliveryStoreContract(async (name) => {
    const store = opened.get(name) ?? createMemoryDeliveryStore();
    opened.set(name, store);
    return store;
  });
});
