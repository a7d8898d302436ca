import {
  type BrowserContext,
  test as base,
  type ConsoleMessage,
  expect,
  type Page,
  type Request,
  type WebError,
} from '@playwright/test';
import { openTab } from './open-tab.ts';
import { crashes } from './real/server.ts';

/** One HTTP exchange between pages, or between a page and a server, as the browser's network events tell of it. */
interface RecordedExchange {
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string;
  /** Undefined when there was no answer. */
  readonly status: number | undefined;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: string;
}

/** Everything a browser context said and heard on the network from the moment the recorder was made. */
class NetworkRecorder {
  readonly #pending: Promise<RecordedExchange>[] = [];

  constructor(context: BrowserContext) {
    context.on('requestfinished', (request) => this.#pending.push(recordAnswered(request)));
    context.on('requestfailed', (request) => this.#pending.push(recordFailed(request)));
  }

  /** The exchanges that have ended until now, in the order in which they ended. */
  exchanges(): Promise<readonly RecordedExchange[]> {
    return Promise.all(this.#pending);
  }
}

async function recordAnswered(request: Request): Promise<RecordedExchange> {
  const response = await request.response();
  return {
    ...requestSide(request),
    status: response?.status(),
    responseHeaders: response?.headers() ?? {},
    // A redirect and a navigation that was replaced have no body to read.
    responseBody: (await response?.text().catch(() => '')) ?? '',
  };
}

async function recordFailed(request: Request): Promise<RecordedExchange> {
  return { ...requestSide(request), status: undefined, responseHeaders: {}, responseBody: '' };
}

function requestSide(request: Request) {
  return {
    method: request.method(),
    url: request.url(),
    requestHeaders: request.headers(),
    requestBody: request.postData() ?? '',
  };
}

function isRefusal(message: ConsoleMessage): boolean {
  return (
    message.text().startsWith('Failed to load resource') &&
    /\/(agent\/(handshake|message|session\/[^/]+)|controller\/.*)$/.test(message.location().url)
  );
}

/** Errors that pages of `context` log from now until `end` is called. */
export function errorsOf(context: BrowserContext): { readonly found: readonly string[]; end(): void } {
  const found: string[] = [];
  const hear = (message: ConsoleMessage) => {
    // That an agent or the Controller refused is the page's to tell; the browser logs it besides.
    if (message.type() === 'error' && !isRefusal(message)) found.push(message.text());
  };
  context.on('console', hear);
  return { found, end: () => context.off('console', hear) };
}

/** Contexts whose pages report what a content security policy refused. */
const reporting = new WeakSet<BrowserContext>();

/** Lets the pages of a context report what a content security policy refused as an error that nobody caught. */
async function reportPolicy(context: BrowserContext): Promise<void> {
  if (reporting.has(context)) return;
  reporting.add(context);
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, sample }) => {
      reportError(new Error(`Content Security Policy: ${violatedDirective} ${blockedURI} ${sourceFile} ${sample}`));
    });
  });
}

interface Fixtures {
  /** Everything the context's pages sent and received, from before the first page. */
  readonly network: NetworkRecorder;
  /** Two pages of one context, as two tabs of one browser. */
  readonly tabs: readonly [Page, Page];
  /** Errors that any page of the context logged. A test that leaves one here fails. */
  readonly pageErrors: readonly string[];
  /** What no code caught: in a page or a worker of any context, or in a program that a test has started. A test that leaves one here fails. */
  readonly uncaught: string[];
}

export const test = base.extend<Fixtures>({
  network: async ({ context }, use) => use(new NetworkRecorder(context)),
  tabs: async ({ context }, use) => use([await openTab(context), await openTab(context)]),
  pageErrors: [
    async ({ context }, use) => {
      const { found } = errorsOf(context);
      await use(found);
      expect(found, 'errors in the pages').toEqual([]);
    },
    { auto: true },
  ],
  uncaught: [
    async ({ browser }, use) => {
      const found: string[] = [];
      // Unhandled rejections too, and those of the workers of its pages.
      const hearError = (error: WebError) => found.push(String(error.error()));
      // A worker cannot report what the policy refused; it logs it.
      const hearPolicy = (message: ConsoleMessage) => {
        if (/Content Security Policy/i.test(message.text())) found.push(message.text());
      };
      const watch = async (context: BrowserContext) => {
        context.on('weberror', hearError);
        context.on('console', hearPolicy);
        await reportPolicy(context);
        return context;
      };
      await Promise.all(browser.contexts().map(watch));
      const { newContext } = browser;
      browser.newContext = async (...options) => watch(await newContext.apply(browser, options));
      await use(found);
      browser.newContext = newContext;
      for (const context of browser.contexts()) {
        context.off('weberror', hearError);
        context.off('console', hearPolicy);
      }
      expect([...found, ...crashes.splice(0)], 'uncaught errors and unhandled rejections').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
