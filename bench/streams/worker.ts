import { runStream } from './suite.ts';

/** The benchmark of streams in a dedicated worker, which is where the product's engine runs. */
try {
  self.postMessage({ row: await runStream('Chromium') });
} catch (error) {
  self.postMessage({ error: String(error) });
}
