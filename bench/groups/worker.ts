import { benchGroups } from './suite.ts';

/** The benchmark in a dedicated worker, which is where the product's engine runs. */
self.addEventListener('message', async ({ data }) => {
  try {
    self.postMessage({ rows: await benchGroups('Chromium', Number(data)) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
});
