#!/usr/bin/env node
/**
 * Starts Debian's Firefox as Playwright wants one: the `executablePath` of `channel: 'moz-firefox'`. It stands between the two
 * on Firefox's WebDriver BiDi socket, because Playwright opens no context without one command that this Firefox does not know.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WebSocket, WebSocketServer } from 'ws';

const firefoxPath = '/usr/bin/firefox-esr';
const announcement = /^(.*WebDriver BiDi listening on )(ws:\S+)/;
/** Answered here: it only says that no media feature is to be emulated. */
const unknownCommand = 'emulation.setMediaFeaturesOverride';

const firefox = spawn(firefoxPath, process.argv.slice(2), { stdio: ['inherit', 'inherit', 'pipe'] });
firefox.once('exit', (code) => process.exit(code ?? 1));
firefox.once('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGHUP'])) {
  process.on(signal, () => firefox.kill(signal));
}
process.once('exit', () => firefox.kill('SIGKILL'));

createInterface({ input: firefox.stderr }).on('line', (line) => {
  const [, words, address] = announcement.exec(line) ?? [];
  if (words === undefined || address === undefined) console.error(line);
  else announce(words, address);
});

/**
 * Listens for Playwright in Firefox's place, and says so in Firefox's words.
 *
 * @param {string} words
 * @param {string} address
 */
function announce(words, address) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('connection', (playwright, { url = '' }) => join(playwright, address + url));
  server.once('listening', () => {
    const own = server.address();
    if (typeof own === 'object' && own !== null) console.error(`${words}ws://127.0.0.1:${own.port}`);
  });
}

/**
 * Passes everything on, in both directions and in its order, but the one command.
 *
 * @param {WebSocket} playwright
 * @param {string} address
 */
function join(playwright, address) {
  const browser = new WebSocket(address, { perMessageDeflate: false });
  /** @type {string[]} */
  const early = [];
  browser.on('open', () => {
    for (const frame of early.splice(0)) browser.send(frame);
  });
  browser.on('message', (frame) => playwright.send(String(frame)));
  browser.on('error', () => playwright.close());
  browser.on('close', () => playwright.close());
  playwright.on('close', () => browser.close());
  playwright.on('message', (data) => {
    const frame = String(data);
    const { id, method } = JSON.parse(frame);
    if (method === unknownCommand) playwright.send(JSON.stringify({ type: 'success', id, result: {} }));
    else if (browser.readyState === WebSocket.OPEN) browser.send(frame);
    else early.push(frame);
  });
}
