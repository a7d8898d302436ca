/** A list whose items are found, replaced and removed by key. An item that is replaced keeps its place. */
export class KeyedList<Item> {
  readonly #keyOf: (item: Item) => string;
  /** The items as an array; undefined after a change, until somebody asks. */
  #items: readonly Item[] | undefined;
  /** The items by key; undefined until somebody asks for one. */
  #byKey: Map<string, Item> | undefined;

  constructor(keyOf: (item: Item) => string, items: readonly Item[] = []) {
    this.#keyOf = keyOf;
    this.#items = items;
  }

  /** Returns the items in the order in which they first came: the same array until the list changes, and never changed itself. */
  get items(): readonly Item[] {
    this.#items ??= [...this.#map().values()];
    return this.#items;
  }

  /** Returns the item of a key. */
  get(key: string): Item | undefined {
    return this.#map().get(key);
  }

  /** Puts an item in the place of the one with its key, or at the end. */
  put(item: Item): void {
    this.#map().set(this.#keyOf(item), item);
    this.#items = undefined;
  }

  /** Removes the item of a key, if there is one. */
  remove(key: string): void {
    if (this.#map().delete(key)) this.#items = undefined;
  }

  #map(): Map<string, Item> {
    this.#byKey ??= new Map((this.#items ?? []).map((item) => [this.#keyOf(item), item]));
    return this.#byKey;
  }
}

/**
 * Makes keyed lists of arrays, and hands the keys on from an array to the one that follows it: a change then costs one copy of the
 * array, not its keys again.
 */
export class KeyedLists<Item> {
  readonly #keyOf: (item: Item) => string;
  readonly #made = new WeakMap<readonly Item[], KeyedList<Item>>();

  constructor(keyOf: (item: Item) => string) {
    this.#keyOf = keyOf;
  }

  /** Returns a list without items. */
  empty(): KeyedList<Item> {
    return new KeyedList(this.#keyOf);
  }

  /** Returns a list of the items of an array, which stays as it is. */
  take(items: readonly Item[]): KeyedList<Item> {
    const list = this.#made.get(items) ?? new KeyedList(this.#keyOf, items);
    // Whoever takes the same array again must not see what becomes of this list.
    this.#made.delete(items);
    return list;
  }

  /** Returns the items of a list that is not changed any more. */
  give(list: KeyedList<Item>): readonly Item[] {
    this.#made.set(list.items, list);
    return list.items;
  }
}
