import { expect, test } from '@playwright/test';
import { traveller } from '../agent-tab.ts';
import { Server } from '../real/server.ts';
import { doMainJob, type MainJobTab } from './main-job.ts';
import { WebKitDriver } from './webkit-driver.ts';

const button = (name: string) => `//button[normalize-space(.)='${name}' or @aria-label='${name}']`;
const exchange = (word: string) => `//*[@role='log']//li[contains(., '${word}')]`;

class WebKitTab implements MainJobTab {
  readonly #driver: WebKitDriver;
  readonly #handle: string;
  readonly #url: string;

  constructor(driver: WebKitDriver, handle: string, url: string) {
    this.#driver = driver;
    this.#handle = handle;
    this.#url = url;
  }

  /** The first element at `xpath` of this tab, once it is shown. */
  async #shown(xpath: string): Promise<string> {
    await this.#driver.switchTo(this.#handle);
    let element = '';
    const look = async () => {
      element = (await this.#driver.shown(xpath))[0] ?? '';
      return element !== '';
    };
    await expect.poll(look, { message: `${xpath} has to be shown`, timeout: 60_000 }).toBe(true);
    return element;
  }

  async #click(xpath: string): Promise<void> {
    const click = async () => this.#driver.click(await this.#shown(xpath));
    await expect.poll(click, { message: `${xpath} has to stay until it is clicked` }).toBe(true);
  }

  async open(agentId: string): Promise<void> {
    await this.#driver.switchTo(this.#handle);
    await this.#driver.goto(`${this.#url}/agent/${agentId}`);
    await this.#ready();
  }

  async #ready(): Promise<void> {
    await this.#shown(`//*[normalize-space(text())='ready']`);
    await this.#shown(`//*[normalize-space(text())='reachable']`);
  }

  async connect(peerId: string): Promise<void> {
    await this.#click(button('Refresh'));
    await this.#click(button(`Connect to ${peerId}`));
    await this.#shown(`//*[starts-with(normalize-space(text()), 'expires')]`);
    await this.#shown(`//form[@aria-label='Send to ${peerId}']`);
  }

  async talkTo(peerId: string): Promise<void> {
    await this.#click(button(`Talk to ${peerId}`));
    await this.#shown(`//form[@aria-label='Send to ${peerId}']`);
  }

  async say(word: string): Promise<void> {
    await this.#driver.type(await this.#shown('//form//textarea'), word);
    await this.#click(button('Send'));
    await this.#shown(`${exchange(word)}[contains(., 'SUCCESS')]`);
  }

  async hears(word: string): Promise<void> {
    await this.#shown(exchange(word));
  }

  async reload(): Promise<void> {
    await this.#driver.switchTo(this.#handle);
    await this.#driver.reload();
    await this.#ready();
  }

  /** Goes to another page of the server. */
  async leave(): Promise<void> {
    await this.#driver.switchTo(this.#handle);
    await this.#driver.goto(this.#url);
  }

  async back(): Promise<void> {
    await this.#driver.switchTo(this.#handle);
    await this.#driver.back();
  }

  async shows(words: string): Promise<void> {
    await this.#shown(`//*[normalize-space(text())='${words}']`);
  }

  async resumed(): Promise<void> {
    await this.#shown(
      `//ul[starts-with(@aria-label, 'Sessions with')]//*[starts-with(normalize-space(text()), 'resumed')]`,
    );
  }
}

/** Runs `work` with a server and two tabs of a browser of its own; a picture is kept when it fails. */
async function withTwoTabs(work: (one: WebKitTab, two: WebKitTab) => Promise<void>): Promise<void> {
  const server = await Server.start();
  try {
    const driver = await WebKitDriver.start();
    try {
      const [first, second] = [await driver.tab(), await driver.newTab()];
      for (const tab of [first, second]) await driver.resize(tab, 1300, 900);
      await work(new WebKitTab(driver, first, server.url), new WebKitTab(driver, second, server.url));
    } catch (error) {
      // A browser that has gone gives no picture; what counts is why the test failed.
      const picture = await driver.screenshot().catch(() => undefined);
      if (picture !== undefined) await test.info().attach('the tab', { body: picture, contentType: 'image/png' });
      throw error;
    } finally {
      await driver.end();
    }
  } finally {
    await server.forget();
  }
}

test('two tabs of WebKit shake hands, ask and answer, and go on after a reload', async () => {
  await withTwoTabs(doMainJob);
});

test('a page that WebKit keeps to go back to does not keep its agent', async () => {
  await withTwoTabs(async (one, two) => {
    await one.open(traveller);
    await one.leave();
    await two.open(traveller);
    await one.back();
    await one.shows('This agent is open in another tab');
  });
});
