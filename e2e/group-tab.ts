import type { Locator, Page } from '@playwright/test';
import type { AgentTab } from './agent-tab.ts';
import { expect } from './harness.ts';

/** A group in an agent's page, as a person uses it. */
export class GroupTab {
  readonly page: Page;
  readonly name: string;

  private constructor(page: Page, name: string) {
    this.page = page;
    this.name = name;
  }

  /** Makes a group and invites agents of the directory. */
  static async create(tab: AgentTab, name: string, invite: readonly string[]): Promise<GroupTab> {
    const { page } = tab;
    await page.getByRole('button', { name: 'New group' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill(name);
    for (const agentId of invite) {
      await page.getByRole('searchbox').fill(agentId);
      await page.getByRole('checkbox', { name: new RegExp(agentId) }).check();
    }
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    return new GroupTab(page, name).opened();
  }

  /** Accepts the invitation into a group. */
  static async accept(tab: AgentTab, name: string): Promise<GroupTab> {
    const { page } = tab;
    await page.getByRole('link', { name }).click();
    await page.getByRole('button', { name: 'Accept' }).click();
    return new GroupTab(page, name).opened();
  }

  async opened(): Promise<GroupTab> {
    await expect(this.page.getByRole('tab', { name: 'Members' })).toBeVisible();
    return this;
  }

  show(view: 'Conversation' | 'Members' | 'Tree' | 'Keys'): Promise<void> {
    return this.page.getByRole('tab', { name: view }).click();
  }

  /** Says something to everybody. */
  async say(text: string): Promise<void> {
    await this.page.getByRole('radio', { name: 'message', exact: true }).check({ force: true });
    await this.page.getByRole('textbox', { name: `Message to ${this.name}` }).fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Asks everybody in words. */
  async ask(text: string): Promise<void> {
    await this.page.getByRole('radio', { name: 'ask', exact: true }).check({ force: true });
    await this.page.getByRole('textbox', { name: `Question to ${this.name}` }).fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** The row of what was said or asked. */
  said(text: string): Locator {
    return this.page.getByRole('log').locator('.said-row').filter({ hasText: text });
  }

  /** The quiet line of what happened. */
  happened(words: string): Locator {
    return this.page.getByRole('log').locator('.group-event').filter({ hasText: words });
  }
}
