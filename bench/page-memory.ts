import type { Page } from 'playwright';
import * as v from 'valibot';

const usage = v.object({ usedSize: v.number(), embedderHeapUsedSize: v.number(), backingStorageSize: v.number() });

/** Gives a page the function `memoryOfPage`, which resolves to the bytes it has in use after a collection, of both heap and buffers. */
export async function exposeMemory(page: Page): Promise<void> {
  const inspector = await page.context().newCDPSession(page);
  await page.exposeFunction('memoryOfPage', async () => {
    await inspector.send('HeapProfiler.collectGarbage');
    const { usedSize, embedderHeapUsedSize, backingStorageSize } = v.parse(
      usage,
      await inspector.send('Runtime.getHeapUsage'),
    );
    return usedSize + embedderHeapUsedSize + backingStorageSize;
  });
}
