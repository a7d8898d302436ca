import type { DeliveryStore } from '../../../delivery/store.ts';
import { createMemoryDeliveryStore } from '../../../storage/memory/delivery-store.ts';

/** A delivery service's store, and a copy of it that is kept up to date until it is stopped: a backup of that moment. */
export interface BackedUp {
  readonly store: DeliveryStore;
  readonly copy: DeliveryStore;
  /** Makes the backup: the copy stays as it is now. */
  stop(): void;
}

/** Returns an empty store with its backup, which may have one itself. */
export function backedUp(copy: DeliveryStore = createMemoryDeliveryStore()): BackedUp {
  const original = createMemoryDeliveryStore();
  let isMirrored = true;
  const store = new Proxy(original, {
    get: (target, name) => {
      const [own, other]: unknown[] = [Reflect.get(target, name), Reflect.get(copy, name)];
      if (typeof own !== 'function' || typeof other !== 'function') return own;
      return (...given: unknown[]): unknown => {
        const mirrored: unknown = isMirrored ? Reflect.apply(other, copy, given) : undefined;
        const result: unknown = Reflect.apply(own, target, given);
        return mirrored instanceof Promise ? mirrored.then(() => result) : result;
      };
    },
  });
  return {
    store,
    copy,
    stop: () => {
      isMirrored = false;
    },
  };
}
