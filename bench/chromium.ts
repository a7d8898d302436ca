import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import * as v from 'valibot';
import { build, preview } from 'vite';
import { chromiumLaunchOptions } from '../scripts/chromium.mjs';
import type { Row } from './measure.ts';

const row = v.object({
  name: v.string(),
  runtime: v.string(),
  median: v.number(),
  floor: v.number(),
  ratio: v.number(),
});
const outcome = v.union([v.object({ rows: v.array(row) }), v.object({ error: v.string() })]);

// With these a worker's clock tells 5 microseconds instead of 100.
const isolated = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** Builds the benchmark as the product is built and runs it in a dedicated worker of Chromium. */
export async function benchInChromium(): Promise<readonly Row[]> {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const outDir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  try {
    const options = { configFile: false, root, logLevel: 'warn' } as const;
    await build({
      ...options,
      worker: { format: 'es' },
      build: { target: 'es2024', outDir, emptyOutDir: true },
    });
    const server = await preview({ ...options, build: { outDir }, preview: { port: 0, headers: isolated } });
    try {
      return await runIn(server.resolvedUrls?.local[0] ?? '');
    } finally {
      await server.close();
    }
  } finally {
    await rm(outDir, { recursive: true });
  }
}

async function runIn(address: string): Promise<readonly Row[]> {
  const browser = await chromium.launch(chromiumLaunchOptions());
  try {
    const page = await browser.newPage();
    await page.goto(address);
    const found = v.parse(outcome, await page.evaluate('globalThis.benchmark'));
    if ('error' in found) throw new Error(`The benchmark failed in Chromium: ${found.error}`);
    return found.rows;
  } finally {
    await browser.close();
  }
}
