/** How much a store holds: items, and their weights together. */
export interface Capacity {
  readonly items: number;
  readonly weight: number;
}

interface Held<Item> {
  readonly owner: string;
  readonly weight: number;
  readonly item: Item;
}

interface Share {
  readonly keys: Set<string>;
  weight: number;
}

/** Part of a full store that stays when it makes room: it then makes room once for many new items. */
const rest = 7 / 8;

/**
 * Holds the newest items within a capacity. Each item belongs to an owner. When the store is full, the owner that holds most loses its
 * oldest items first, so one peer that sends a lot drops its own items and not those of the others.
 */
export class FairStore<Item> {
  readonly #capacity: Capacity;
  readonly #held = new Map<string, Held<Item>>();
  readonly #shares = new Map<string, Share>();
  #weight = 0;

  constructor(capacity: Capacity) {
    this.#capacity = capacity;
  }

  get(key: string): Item | undefined {
    return this.#held.get(key)?.item;
  }

  /** Puts an item in, in the place of the one with its key; gives the keys of the items that had to go, which may be its own. */
  set(key: string, owner: string, weight: number, item: Item): readonly string[] {
    const before = this.#held.get(key);
    if (before !== undefined) this.#release(key, before);
    // A replaced item keeps its place in the order.
    this.#held.set(key, { owner, weight, item });
    const share = this.#shares.get(owner) ?? { keys: new Set(), weight: 0 };
    this.#shares.set(owner, share);
    share.keys.add(key);
    share.weight += weight;
    this.#weight += weight;
    return this.#makeRoom();
  }

  /** Takes an item out. */
  delete(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    this.#release(key, held);
  }

  clear(): void {
    this.#held.clear();
    this.#shares.clear();
    this.#weight = 0;
  }

  /** Returns keys and items, in the order in which they first came. */
  *entries(): Generator<readonly [key: string, item: Item]> {
    for (const [key, { item }] of this.#held) yield [key, item];
  }

  #release(key: string, { owner, weight }: Held<Item>): void {
    this.#weight -= weight;
    const share = this.#shares.get(owner);
    if (share === undefined) return;
    share.keys.delete(key);
    share.weight -= weight;
    if (share.keys.size === 0) this.#shares.delete(owner);
  }

  #makeRoom(): readonly string[] {
    if (this.#fits(1)) return [];
    const gone: string[] = [];
    while (!this.#fits(rest)) {
      const [oldest] = this.#largest()?.keys ?? [];
      if (oldest === undefined) break;
      this.delete(oldest);
      gone.push(oldest);
    }
    return gone;
  }

  #fits(part: number): boolean {
    const { items, weight } = this.#capacity;
    return this.#held.size <= items * part && this.#weight <= weight * part;
  }

  #largest(): Share | undefined {
    let largest: Share | undefined;
    for (const share of this.#shares.values()) {
      if (largest === undefined || share.weight > largest.weight) largest = share;
    }
    return largest;
  }
}
