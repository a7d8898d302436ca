import { execFile } from 'node:child_process';
import { setInterval } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Browser } from '@playwright/test';

const run = promisify(execFile);
/** Milliseconds between two looks. */
const lookMs = 500;

/** Watches how much memory the renderers of a browser hold: each page of a profile of its own is in one, with its workers. */
export class RendererMemory {
  readonly #browser: Browser;
  /** Bytes of resident memory of each process when it was first seen, and at most. */
  readonly #seen = new Map<number, { readonly first: number; most: number }>();
  #isOver = false;
  #watching: Promise<void> = Promise.resolve();

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Begins to watch the renderers that there are, and those that come. */
  static async watch(browser: Browser): Promise<RendererMemory> {
    const memory = new RendererMemory(browser);
    await memory.#look();
    memory.#watching = memory.#go();
    return memory;
  }

  /** Ends the watch. Returns the bytes that the largest renderer held, and by how many a renderer has grown at most. */
  async end(): Promise<{ readonly most: number; readonly grown: number }> {
    this.#isOver = true;
    await this.#watching;
    const all = [...this.#seen.values()];
    return {
      most: Math.max(...all.map(({ most }) => most)),
      grown: Math.max(...all.map(({ first, most }) => most - first)),
    };
  }

  async #go(): Promise<void> {
    for await (const _ of setInterval(lookMs)) {
      if (this.#isOver) return;
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    const session = await this.#browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    const ids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
    // It fails when one of them has just ended, and prints the others.
    const { stdout } = await run('ps', ['-o', 'pid=,rss=', '-p', ids.join(',')]).catch(() => ({ stdout: '' }));
    for (const [, id, kilobytes] of stdout.matchAll(/(\d+)\s+(\d+)/g)) {
      const bytes = Number(kilobytes) * 1_024;
      const { first, most } = this.#seen.get(Number(id)) ?? { first: bytes, most: bytes };
      this.#seen.set(Number(id), { first, most: Math.max(most, bytes) });
    }
  }
}
