import type { Page } from '@playwright/test';

const channel = 'test:disk';

/**
 * What stands before the engine's own script. While the disk is full a write is taken, and its transaction is undone when it
 * would be committed, as a browser does it; while it cannot be read, every reading of many records fails.
 */
const script = `{
  let disk = { isFull: false, isUnreadable: false };
  new BroadcastChannel('${channel}').onmessage = ({ data }) => { disk = data; };
  for (const name of ['put', 'add']) {
    const write = IDBObjectStore.prototype[name];
    IDBObjectStore.prototype[name] = function (...parameters) {
      const request = write.apply(this, parameters);
      const { transaction } = request;
      if (disk.isFull) {
        request.addEventListener('success', () => {
          Object.defineProperty(transaction, 'error', { value: new DOMException('', 'QuotaExceededError') });
          transaction.abort();
        });
      }
      return request;
    };
  }
  const read = IDBObjectStore.prototype.getAll;
  IDBObjectStore.prototype.getAll = function (...parameters) {
    if (disk.isUnreadable) throw new DOMException('The disk cannot be read.', 'UnknownError');
    return read.apply(this, parameters);
  };
}
`;

/**
 * A disk under a page's engine that can be full, and that can fail. The browser’s own quota can be set in a test, but the
 * browser notices when it likes, up to half a minute later.
 */
export class LimitedDisk {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Puts the disk under a page that has opened no agent yet. */
  static async under(page: Page): Promise<LimitedDisk> {
    await page.route(/\/engine\.worker-[^/]*\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: script + (await response.text()) });
    });
    return new LimitedDisk(page);
  }

  fill(): Promise<void> {
    return this.#set({ isFull: true });
  }

  makeRoom(): Promise<void> {
    return this.#set({ isFull: false });
  }

  failReading(): Promise<void> {
    return this.#set({ isUnreadable: true });
  }

  mend(): Promise<void> {
    return this.#set({ isUnreadable: false });
  }

  #set(change: { readonly isFull?: boolean; readonly isUnreadable?: boolean }): Promise<void> {
    return this.#page.evaluate(([name, disk]) => new BroadcastChannel(name).postMessage(disk), [
      channel,
      { isFull: false, isUnreadable: false, ...change },
    ] as const);
  }
}
