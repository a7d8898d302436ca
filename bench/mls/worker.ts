import { benchMls } from './suite.ts';

/** The benchmark in a dedicated worker, which is where the product's engine runs. */
try {
  self.postMessage({ rows: await benchMls('Chromium') });
} catch (error) {
  self.postMessage({ error: String(error) });
}
