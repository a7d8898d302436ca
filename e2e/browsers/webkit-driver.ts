import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { expect } from '@playwright/test';
import * as v from 'valibot';
import { freePort } from '../../src/storage/nats/testing/free-port.ts';

const driverPath = '/usr/bin/WebKitWebDriver';
const displayPath = '/usr/bin/Xvfb';

/** The member that holds an element's id (W3C WebDriver, section 12.2). */
const elementKey = 'element-6066-11e4-a52e-4f735466cecf';

/** Milliseconds that the display and the driver have to start, and the driver to open a window and to answer any one command. */
const commandMs = 60_000;

/** Milliseconds that a child has to end by itself. */
const endMs = 5_000;

/** What has been started and not ended: none of it may outlive this process. */
const running = new Set<ChildProcess>();

const answerShape = v.object({ value: v.unknown() });
const failureShape = v.object({ error: v.string(), message: v.string() });
const sessionShape = v.object({ sessionId: v.string() });
const windowShape = v.object({ handle: v.string() });
const elementsShape = v.array(v.object({ [elementKey]: v.string() }));

/** True where WebKitGTK and a display for it are installed. */
export const hasWebKit = [driverPath, displayPath].every((path) => existsSync(path));

/**
 * A WebKitGTK browser with one profile, which is in memory: W3C WebDriver over HTTP, drawn by an Xvfb of its own. Each tab is a
 * window of its one session.
 */
export class WebKitDriver {
  readonly #children: readonly ChildProcess[];
  readonly #driver: string;
  readonly #session: string;

  private constructor(children: readonly ChildProcess[], driver: string, session: string) {
    this.#children = children;
    this.#driver = driver;
    this.#session = session;
  }

  /** Starts a display, a driver and a browser. Rejects when one of them does not start in time; nothing is left then. */
  static async start(): Promise<WebKitDriver> {
    const children: ChildProcess[] = [];
    try {
      const [display, number] = await startDisplay();
      children.push(display);
      const port = await freePort();
      const environment = { ...process.env, DISPLAY: `:${number}` };
      children.push(started(spawn(driverPath, [`--port=${port}`], { env: environment, stdio: 'ignore' })));
      const driver = `http://127.0.0.1:${port}`;
      const isUp = () => call(driver, 'GET', '/status').then(Boolean, () => false);
      await expect.poll(isUp, { message: 'the driver of WebKitGTK has to answer', timeout: commandMs }).toBe(true);
      const session = v.parse(sessionShape, await call(driver, 'POST', '/session', { capabilities: {} }));
      return new WebKitDriver(children, driver, `/session/${session.sessionId}`);
    } catch (cause) {
      await Promise.all(children.map(ended));
      throw cause;
    }
  }

  /** Opens another tab; its handle. It is not yet the one that is driven. */
  async newTab(): Promise<string> {
    return v.parse(windowShape, await this.#post('/window/new', { type: 'window' })).handle;
  }

  /** The handle of the tab that is driven. */
  async tab(): Promise<string> {
    return v.parse(v.string(), await this.#get('/window'));
  }

  /** Drives another tab from now on. */
  async switchTo(handle: string): Promise<void> {
    await this.#post('/window', { handle });
  }

  /** Gives a tab's window a size in pixels, and drives it from now on. */
  async resize(handle: string, width: number, height: number): Promise<void> {
    await this.switchTo(handle);
    await this.#post('/window/rect', { width, height });
  }

  async goto(url: string): Promise<void> {
    await this.#post('/url', { url });
  }

  async reload(): Promise<void> {
    await this.#post('/refresh', {});
  }

  async back(): Promise<void> {
    await this.#post('/back', {});
  }

  /** Runs a function of this file in the page; what it returns, or what its promise settles with, as JSON. */
  evaluate(script: (...args: unknown[]) => unknown, ...args: unknown[]): Promise<unknown> {
    const body = `const done = arguments[arguments.length - 1];
      Promise.resolve((${script})(...[...arguments].slice(0, -1))).then(done, (error) => done(String(error)));`;
    return this.#post('/execute/async', { script: body, args });
  }

  /** The elements at `xpath` that are on the screen now. */
  async shown(xpath: string): Promise<readonly string[]> {
    const found = v.parse(elementsShape, await this.#post('/elements', { using: 'xpath', value: xpath }));
    const ids = found.flatMap((each) => each[elementKey] ?? []);
    // An element that has gone since is not shown.
    const isShown = (id: string) => this.#get(`/element/${id}/displayed`).then(Boolean, () => false);
    const looked = await Promise.all(ids.map(async (id) => ((await isShown(id)) ? [id] : [])));
    return looked.flat();
  }

  /** A picture of the tab that is driven, as PNG. */
  async screenshot(): Promise<Buffer> {
    return Buffer.from(v.parse(v.string(), await this.#get('/screenshot')), 'base64');
  }

  /** Clicks an element; false when the page has drawn another one in its place since it was found. */
  async click(element: string): Promise<boolean> {
    try {
      await this.#post(`/element/${element}/click`, {});
      return true;
    } catch (cause) {
      if (cause instanceof WebDriverError && cause.code === 'stale element reference') return false;
      throw cause;
    }
  }

  /** Replaces what a field holds by typing. */
  async type(element: string, text: string): Promise<void> {
    await this.#post(`/element/${element}/clear`, {});
    await this.#post(`/element/${element}/value`, { text });
  }

  /** Ends the browser, the driver and the display, and waits until they are gone. */
  async end(): Promise<void> {
    await call(this.#driver, 'DELETE', this.#session).catch(() => undefined);
    for (const child of [...this.#children].reverse()) await ended(child);
  }

  #get(path: string): Promise<unknown> {
    return call(this.#driver, 'GET', this.#session + path);
  }

  #post(path: string, body: object): Promise<unknown> {
    return call(this.#driver, 'POST', this.#session + path, body);
  }
}

async function call(driver: string, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(driver + path, {
    method,
    signal: AbortSignal.timeout(commandMs),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { value } = v.parse(answerShape, await answer.json());
  if (answer.ok) return value;
  const { error, message } = v.parse(failureShape, value);
  throw new WebDriverError(error, `WebDriver ${method} ${path}: ${error}: ${message}`);
}

/** What the driver answered when it could not do a command; `code` is one of W3C WebDriver, section 6.6. */
class WebDriverError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

function started(child: ChildProcess): ChildProcess {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Starts a display with a number that no other has; it prints the number once it takes clients. */
async function startDisplay(): Promise<[display: ChildProcess, number: string]> {
  const screen = ['-screen', '0', '1400x1000x24', '-nolisten', 'tcp', '-displayfd', '3'];
  const display = started(spawn(displayPath, screen, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] }));
  const output = display.stdio[3];
  const late = setTimeout(() => display.kill('SIGKILL'), commandMs);
  const number = await new Promise<string>((resolve, reject) => {
    display.once('exit', (code) => reject(new Error(`Xvfb ended with ${code} before it had a display.`)));
    display.once('error', reject);
    if (output instanceof Readable) createInterface({ input: output }).once('line', resolve);
  }).finally(() => clearTimeout(late));
  return [display, number.trim()];
}

/** Ends a child, by force when it does not go by itself. */
function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill('SIGKILL'), endMs);
    child.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    child.kill();
  });
}

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
