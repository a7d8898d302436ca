import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';
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

/** What the dedicated worker of a page of this folder measures in Chromium. */
export async function benchInChromium(page: 'index.html' | 'messages.html'): Promise<readonly Row[]> {
  const found = v.parse(outcome, await runInChromium(page));
  if ('error' in found) throw new Error(`The benchmark failed in Chromium: ${found.error}`);
  return found.rows;
}

/** Builds a page of this folder as the product is built, and gives what its `benchmark` resolves to in Chromium. */
export function runInChromium(page: string): Promise<unknown> {
  return withPage(page, (opened) => opened.evaluate('globalThis.benchmark'));
}

/** Builds a page of this folder as the product is built, and gives what `use` finds in it in Chromium. */
export async function withPage<T>(page: string, use: (opened: Page) => Promise<T>): Promise<T> {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const outDir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  try {
    const options = { configFile: false, root, logLevel: 'warn' } as const;
    await build({
      ...options,
      worker: { format: 'es' },
      build: { target: 'es2024', outDir, emptyOutDir: true, rolldownOptions: { input: join(root, page) } },
    });
    const server = await preview({ ...options, build: { outDir }, preview: { port: 0, headers: isolated } });
    try {
      return await visit(`${server.resolvedUrls?.local[0] ?? ''}${page}`, use);
    } finally {
      await server.close();
    }
  } finally {
    await rm(outDir, { recursive: true });
  }
}

async function visit<T>(address: string, use: (opened: Page) => Promise<T>): Promise<T> {
  const browser = await chromium.launch(chromiumLaunchOptions());
  try {
    const page = await browser.newPage();
    await page.goto(address);
    return await use(page);
  } finally {
    await browser.close();
  }
}
