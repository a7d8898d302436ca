import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';

/** A JavaScript file that a page loaded, and what it weighs compressed, in bytes. */
export interface PageScript {
  readonly url: string;
  readonly compressed: number;
}

/**
 * Weighs the JavaScript that a page itself loads: what its own target requests (a worker's imports belong to the
 * worker's target) less the scripts that workers start with, and whatever else V8 saw running on the page.
 */
export class PageScripts {
  readonly #page: Page;
  readonly #requested = new Set<string>();
  readonly #ofWorkers = new Set<string>();

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Starts watching; call it before the page goes anywhere. */
  static async watch(page: Page): Promise<PageScripts> {
    const scripts = new PageScripts(page);
    page.on('worker', (worker) => scripts.#ofWorkers.add(worker.url()));
    const session = await page.context().newCDPSession(page);
    session.on('Network.responseReceived', ({ response }) => {
      if (/javascript/.test(response.mimeType)) scripts.#requested.add(response.url);
    });
    await session.send('Network.enable');
    await page.coverage.startJSCoverage({ resetOnNavigation: false });
    return scripts;
  }

  /** What was loaded until now, heaviest first. Ends the watch. */
  async weigh(): Promise<readonly PageScript[]> {
    const ran = (await this.#page.coverage.stopJSCoverage()).map(({ url }) => url);
    const urls = new Set([...this.#requested, ...ran].filter((url) => !this.#ofWorkers.has(url)));
    const scripts = await Promise.all([...urls].map((url) => this.#weighOne(url)));
    return scripts.sort((a, b) => b.compressed - a.compressed);
  }

  async #weighOne(url: string): Promise<PageScript> {
    const response = await this.#page.request.get(url);
    if (!response.ok()) throw new Error(`${url} could not be read again: ${response.status()}`);
    return { url, compressed: gzipSync(await response.body(), { level: 9 }).length };
  }
}
