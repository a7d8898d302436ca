import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { chromium } from 'playwright';
import * as v from 'valibot';
import { build, type InlineConfig, preview } from 'vite';
import { chromiumLaunchOptions } from '../scripts/chromium.mjs';

const frames = v.object({ median: v.number(), p95: v.number() });
const outcome = v.object({ scrolling: frames, filtering: frames, arriving: frames, megabytes: v.number() });

/** Frame times in milliseconds with 10,000 messages in the list, and the page's heap. */
export type TrafficFrames = v.InferOutput<typeof outcome>;

/** Builds the list as the product is built, fills it, scrolls through all of it, types a filter, and adds messages. */
export async function benchTrafficList(): Promise<TrafficFrames> {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const outDir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  try {
    const options = { configFile: false, root, logLevel: 'warn', plugins: [react()] } satisfies InlineConfig;
    const rolldownOptions = { input: join(root, 'traffic.html') };
    await build({ ...options, build: { target: 'es2024', outDir, emptyOutDir: true, rolldownOptions } });
    const server = await preview({ ...options, build: { outDir }, preview: { port: 0 } });
    const browser = await chromium.launch(chromiumLaunchOptions());
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(`${server.resolvedUrls?.local[0] ?? ''}traffic.html`);
      await page.waitForFunction('globalThis.trafficBenchmark !== undefined');
      return v.parse(outcome, await page.evaluate('globalThis.trafficBenchmark'));
    } finally {
      await browser.close();
      await server.close();
    }
  } finally {
    await rm(outDir, { recursive: true });
  }
}
