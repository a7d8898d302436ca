import type { Page } from '@playwright/test';

/** A CryptoKey found in a page's IndexedDB. */
interface FoundKey {
  readonly path: string;
  readonly type: string;
  readonly extractable: boolean;
}

/** What a page's storage holds: every key, every byte string in hex, every text. */
export interface StorageContents {
  readonly databases: readonly string[];
  readonly keys: readonly FoundKey[];
  readonly bytes: readonly { readonly path: string; readonly hex: string }[];
  readonly texts: readonly { readonly path: string; readonly text: string }[];
}

/** Walks through everything in IndexedDB, localStorage, sessionStorage, cookies, history state and caches of a page. */
export function readStorage(page: Page): Promise<StorageContents> {
  return page.evaluate(async () => {
    const keys: { path: string; type: string; extractable: boolean }[] = [];
    const bytes: { path: string; hex: string }[] = [];
    const texts: { path: string; text: string }[] = [];
    const toHex = (view: Uint8Array) => Array.from(view, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const walk = (path: string, value: unknown): void => {
      if (value instanceof CryptoKey) keys.push({ path, type: value.type, extractable: value.extractable });
      else if (value instanceof ArrayBuffer) bytes.push({ path, hex: toHex(new Uint8Array(value)) });
      else if (ArrayBuffer.isView(value)) {
        bytes.push({ path, hex: toHex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) });
      } else if (typeof value === 'string') texts.push({ path, text: value });
      else if (typeof value === 'object' && value !== null) {
        for (const [name, inner] of Object.entries(value)) walk(`${path}.${name}`, inner);
      }
    };
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    /** A database; undefined when it was deleted since it was listed: opening it would make it again. */
    const opened = async (name: string) => {
      const request = indexedDB.open(name);
      request.onupgradeneeded = () => request.transaction?.abort();
      try {
        return await done(request);
      } catch (error) {
        if (error instanceof DOMException && error.name === 'AbortError') return undefined;
        throw error;
      }
    };
    const databases: string[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await opened(name);
      if (database === undefined) continue;
      databases.push(name);
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        walk(`${name}/${store}`, await done(objects.getAll()));
        walk(`${name}/${store} keys`, await done(objects.getAllKeys()));
      }
      database.close();
    }
    walk('localStorage', { ...localStorage });
    walk('sessionStorage', { ...sessionStorage });
    walk('cookie', document.cookie);
    walk('history', history.state);
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) walk(`cache ${name}`, request.url);
    }
    return { databases, keys, bytes, texts };
  });
}
