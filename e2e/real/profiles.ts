import type { Browser, BrowserContext, Page } from '@playwright/test';
import { openTab } from '../open-tab.ts';

/** Profiles of a browser that share nothing, closed together. */
export class Profiles {
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** A page of a profile of its own, and everything that its console complained about. */
  async open(baseURL: string): Promise<{ page: Page; complaints: string[] }> {
    const context = await this.#browser.newContext({ baseURL });
    this.#contexts.push(context);
    const page = await openTab(context);
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    return { page, complaints };
  }

  async close(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close();
  }
}
