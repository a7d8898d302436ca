import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import * as v from 'valibot';
import { build, preview } from 'vite';
import { isExhaustive } from '../../exhaustive.ts';
import { type Outcome, outcomeShape } from './outcome.ts';

/** A tab of any browser. */
export interface HistoriesTab {
  goto(url: string): Promise<unknown>;
  /** Runs a function in the page. */
  evaluate(script: () => unknown): Promise<unknown>;
}

/** Seeds from here on, which the runs in Node do not have. Every tenth history is one of a big group, and not among the first two. */
const firstSeed = 20_001;
/** Milliseconds that a history may take: one of a big group, in JavaScript, on a busy machine. */
const historyMs = 300_000;

/**
 * Plays random histories of MLS on the product's suite in a browser, and fails with the seed of the first in which something does
 * not hold. What they were is in the test's annotations.
 */
export async function playHistories(tab: HistoriesTab, count: number): Promise<void> {
  test.setTimeout(isExhaustive ? 3_600_000 : 600_000);
  await withPage(async (address) => {
    await tab.goto(`${address}?first=${firstSeed}&count=${count}`);
    let outcome: Outcome = { type: 'playing', seed: firstSeed };
    for (let left = count; left >= 0 && outcome.type === 'playing'; left--) outcome = await another(tab, outcome);
    const description = JSON.stringify(outcome);
    test.info().annotations.push({ type: 'histories', description });
    expect(outcome, description).toMatchObject({ type: 'played', histories: count });
    if (outcome.type !== 'played') return;
    // That they are histories at all.
    expect(outcome.epochs).toBeGreaterThan(4 * count);
    expect(outcome.joins).toBeGreaterThan(2 * count);
    expect(outcome.messages).toBeGreaterThan(2 * count);
  });
}

/** What the page shows when it shows another thing than `before`. */
async function another(tab: HistoriesTab, before: Outcome): Promise<Outcome> {
  let outcome = before;
  const look = async () => {
    const shown = v.parse(v.string(), await tab.evaluate(() => document.querySelector('output')?.textContent));
    outcome = shown === '' ? before : v.parse(outcomeShape, JSON.parse(shown));
    return JSON.stringify(outcome);
  };
  await expect
    .poll(look, { message: 'the histories have to go on', timeout: historyMs })
    .not.toBe(JSON.stringify(before));
  return outcome;
}

/** Builds the page as the product is built, and serves it while `use` runs. */
async function withPage(use: (address: string) => Promise<void>): Promise<void> {
  const options = { configFile: false, root: fileURLToPath(new URL('.', import.meta.url)), logLevel: 'warn' } as const;
  const outDir = await mkdtemp(join(tmpdir(), 'parley-histories-'));
  try {
    await build({ ...options, worker: { format: 'es' }, build: { target: 'es2024', outDir, emptyOutDir: true } });
    const server = await preview({ ...options, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
    try {
      await use(server.resolvedUrls?.local[0] ?? '');
    } finally {
      await server.close();
    }
  } finally {
    await rm(outDir, { recursive: true });
  }
}
