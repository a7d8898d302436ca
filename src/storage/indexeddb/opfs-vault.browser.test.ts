import { afterEach, expect, test } from 'vitest';

const block = 1024 * 1024;
const id = '1a'.repeat(16);
let worker: Worker | undefined;
afterEach(() => worker?.terminate());

/** Has a new worker, as an agent's is, do something with its vault; the one before has ended at once. */
function inWorker(task: 'begin' | 'goOn' | 'clear'): Promise<unknown> {
  worker?.terminate();
  const next = new Worker(new URL('./testing/vault.worker.ts', import.meta.url), { type: 'module' });
  worker = next;
  return new Promise((resolve, reject) => {
    next.addEventListener('message', ({ data }) => resolve(data));
    next.addEventListener('error', ({ message }) => reject(new TypeError(message)));
    next.postMessage([task, 'vault_agent']);
  });
}

test('a vault in the file system of the origin survives the end of its worker, and goes with its agent', async () => {
  expect(await inWorker('begin')).toEqual([true, 2 * block]);
  const found = await inWorker('goOn');
  expect(found).toEqual([[id], 2 * block, expect.any(Blob)]);
  const blob: unknown = Array.isArray(found) ? found[2] : undefined;
  const bytes = blob instanceof Blob ? new Uint8Array(await blob.arrayBuffer()) : new Uint8Array(0);
  expect(bytes.length).toBe(2 * block + 77);
  expect([bytes[0], bytes[block], bytes[2 * block - 1], bytes[2 * block]]).toEqual([1, 4, 4, 5]);
  expect(await inWorker('clear')).toEqual([[], 0, undefined]);
});
