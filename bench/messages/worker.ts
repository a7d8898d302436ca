import { runMessages } from './suite.ts';

/** The benchmark of messages in a dedicated worker, which is where the product's engine runs. */
try {
  self.postMessage({ rows: await runMessages('Chromium') });
} catch (error) {
  self.postMessage({ error: String(error) });
}
