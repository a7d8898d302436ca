import type { Page } from '@playwright/test';
import { AgentTab, helper, traveller } from '../agent-tab.ts';
import { expect } from '../harness.ts';

/** Two tabs that send four requests, the first two before something happens to what is between them. */
export class FourRequests {
  readonly tab: AgentTab;
  readonly peer: AgentTab;

  private constructor(tab: AgentTab, peer: AgentTab) {
    this.tab = tab;
    this.peer = peer;
  }

  /** Opens Traveller on one page and Helper on the other, both reachable. */
  static async open(first: Page, second: Page): Promise<FourRequests> {
    const requests = new FourRequests(await AgentTab.open(first, traveller), await AgentTab.open(second, helper));
    await requests.areReachable();
    return requests;
  }

  async areReachable(): Promise<void> {
    for (const { page } of [this.tab, this.peer]) {
      await expect(page.getByText('reachable', { exact: true })).toBeVisible();
    }
  }

  /** One to the peer, and two from it. */
  async sendFirstTwo(): Promise<void> {
    await this.tab.connect(helper);
    await this.tab.send('send_request', '{"query": "one"}');
    await expect(this.tab.lastExchange).toContainText('SUCCESS');
    await this.peer.talkTo(traveller);
    await this.#answerFrom('two');
  }

  /** Three to the peer; does not wait for the answer. */
  async sendThird(): Promise<void> {
    await this.tab.send('send_request', '{"query": "three"}');
    await expect(this.tab.lastExchange).toContainText('three');
  }

  /** Four from the peer, once three is answered; then both agents have each of the four once, in their order. */
  async endWell(): Promise<void> {
    await expect(this.tab.lastExchange).toContainText('SUCCESS');
    await this.areReachable();
    await this.#answerFrom('four');
    for (const { page } of [this.tab, this.peer]) {
      await expect(page.getByRole('log').getByRole('listitem')).toHaveText([/one/, /two/, /three/, /four/]);
    }
  }

  async #answerFrom(word: string): Promise<void> {
    await this.peer.send('echo', JSON.stringify(word));
    await expect(this.peer.lastExchange).toContainText(word);
    await expect(this.peer.lastExchange).toContainText('SUCCESS');
  }
}
