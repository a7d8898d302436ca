import type { Page } from '@playwright/test';
import { AgentTab } from '../agent-tab.ts';
import { expect, test } from '../harness.ts';
import { Server } from '../real/server.ts';
import { typeWhatIsFilled } from './firefox.ts';
import { doMainJob, type MainJobTab } from './main-job.ts';

class FirefoxTab implements MainJobTab {
  readonly #page: Page;
  readonly #url: string;
  #agentId = '';

  constructor(page: Page, url: string) {
    this.#page = page;
    this.#url = url;
  }

  /** Firefox gives the keyboard only to the page in front. */
  async #tab(): Promise<AgentTab> {
    await this.#page.bringToFront();
    return AgentTab.of(this.#page, this.#agentId);
  }

  async open(agentId: string): Promise<void> {
    this.#agentId = agentId;
    await this.#page.goto(`${this.#url}/agent/${agentId}`);
    await this.#ready();
  }

  async #ready(): Promise<void> {
    await (await this.#tab()).ready();
    await expect(this.#page.getByText('reachable', { exact: true })).toBeVisible();
  }

  async connect(peerId: string): Promise<void> {
    await (await this.#tab()).connect(peerId);
  }

  async talkTo(peerId: string): Promise<void> {
    await (await this.#tab()).talkTo(peerId);
  }

  async say(word: string): Promise<void> {
    await (await this.#tab()).say(word);
  }

  async hears(word: string): Promise<void> {
    await expect((await this.#tab()).lastExchange).toContainText(word);
  }

  async reload(): Promise<void> {
    await this.#page.reload();
    await this.#ready();
  }

  async resumed(): Promise<void> {
    const sessions = this.#page.getByRole('list', { name: /^Sessions with/ });
    await expect(sessions.getByText(/^resumed/).first()).toBeVisible();
  }
}

test('two tabs of Firefox shake hands, ask and answer, and go on after a reload', async ({ context }) => {
  const server = await Server.start();
  try {
    await context.addInitScript(typeWhatIsFilled);
    const [first, second] = [await context.newPage(), await context.newPage()];
    await doMainJob(new FirefoxTab(first, server.url), new FirefoxTab(second, server.url));
  } finally {
    await context.close();
    await server.forget();
  }
});
