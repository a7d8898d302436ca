import type { Locator, Page } from '@playwright/test';
import { expect } from './harness.ts';

export const traveller = 'traveller_agent_001';
export const helper = 'helper_agent_001';

/** An agent's page as a person uses it. */
export class AgentTab {
  readonly page: Page;
  readonly agentId: string;

  private constructor(page: Page, agentId: string) {
    this.page = page;
    this.agentId = agentId;
  }

  /** Opens an agent and waits until it is ready. */
  static async open(page: Page, agentId: string): Promise<AgentTab> {
    await page.goto(`/agent/${agentId}`);
    const tab = new AgentTab(page, agentId);
    await tab.ready();
    return tab;
  }

  /** The agent of a page that is open already. */
  static of(page: Page, agentId: string): AgentTab {
    return new AgentTab(page, agentId);
  }

  async ready(): Promise<void> {
    await expect(this.page.getByText('ready', { exact: true })).toBeVisible({ timeout: 60_000 });
  }

  /** Connects to a peer of the directory. */
  async connect(peerId: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Refresh' }).click();
    await this.page.getByRole('button', { name: `Connect to ${peerId}` }).click();
    await expect(
      this.page
        .getByText(/^expires in/)
        .filter({ visible: true })
        .last(),
    ).toBeVisible();
    await expect(this.page.getByRole('form', { name: `Send to ${peerId}` })).toBeVisible();
  }

  /** Opens the session with a peer that shook hands with this agent. */
  async talkTo(peerId: string): Promise<void> {
    await this.page.getByRole('button', { name: `Talk to ${peerId}` }).click();
    await expect(this.page.getByRole('form', { name: `Send to ${peerId}` })).toBeVisible();
  }

  /** Writes a request and sends it; does not wait for the answer. */
  async send(method: string, parameters: string): Promise<void> {
    await this.write(method, parameters);
    await this.page.getByRole('button', { name: 'Send', exact: true }).click();
  }

  /** Writes a method and its parameters into the send box, as JSON. Returns the field of the parameters. */
  async write(method: string, parameters: string): Promise<Locator> {
    await this.page.getByRole('radio', { name: 'method', exact: true }).check({ force: true });
    await this.page.getByRole('combobox', { name: 'Method' }).selectOption(method);
    const field = this.page.getByLabel('Parameters, as JSON');
    if (!(await field.isVisible()))
      await this.page.getByRole('radio', { name: 'JSON', exact: true }).check({ force: true });
    await field.fill(parameters);
    return field;
  }

  /** Turns the send box to plain text. Returns its field. */
  async textTo(peerId: string): Promise<Locator> {
    await this.page.getByRole('radio', { name: 'text', exact: true }).check({ force: true });
    return this.page.getByLabel(`Text to ${peerId}`);
  }

  /** Has the peer echo a word, and waits for the answer. */
  async say(word: string): Promise<void> {
    await this.send('echo', JSON.stringify(word));
    await expect(this.lastExchange).toContainText(word);
    await expect(this.lastExchange).toContainText('SUCCESS');
  }

  /** The newest row of the conversation. */
  get lastExchange(): Locator {
    return this.page.getByRole('log').getByRole('listitem').last();
  }

  show(view: 'Conversation' | 'Handshake' | 'Keys' | 'Timing' | 'Wire'): Promise<void> {
    return this.page.getByRole('tab', { name: view }).click();
  }
}
