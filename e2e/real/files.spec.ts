import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Page } from '@playwright/test';
import { freePort } from '../../src/storage/nats/testing/free-port.ts';
import { AgentTab, helper, traveller } from '../agent-tab.ts';
import { isExhaustive } from '../exhaustive.ts';
import { expect, test } from '../harness.ts';
import { Profiles } from './profiles.ts';
import { RendererMemory } from './renderer-memory.ts';
import { Server } from './server.ts';
import { SlowProxy } from './slow-proxy.ts';

const block = 1_048_576;
const blocks = isExhaustive ? 200 : 24;
const size = blocks * block;
/** Seconds that the line needs for a file at least, so that there is a middle of it in which to reload. */
const seconds = 8;
/** Bytes of a file that are under way when a page is reloaded, and go again: what a reader asks for ahead, and the page itself. */
const underWay = 10 * block;
/** Bytes of resident memory that a renderer may grow by, with what it has not collected yet: seen are 118 and 416 MiB, up and down. */
const mostGrown = (isExhaustive ? 600 : 256) * block;

/** A large file takes its time on a busy machine. */
const patient = { timeout: isExhaustive ? 300_000 : 120_000 };

let proxy: SlowProxy;
let server: Server;
let profiles: Profiles;
test.beforeEach(async ({ browser }) => {
  const port = await freePort();
  proxy = await SlowProxy.start(port);
  server = await Server.start(['--url', proxy.url], port);
  profiles = new Profiles(browser);
});
test.afterEach(async () => {
  await profiles.close();
  proxy.end();
  await server.forget();
});

/** Gives a file to the chooser of a page, made there of blocks that all differ. */
async function give(page: Page, peerId: string, name: string): Promise<void> {
  await page.getByLabel(`Files for ${peerId}`).evaluate(
    (input, { count, length, called }) => {
      const parts = Array.from({ length: count }, (_, index) => {
        const bytes = new Uint8Array(length);
        for (let at = 0; at < length; at += 1) bytes[at] = (at * 31 + (at >> 8) + index) & 255;
        new DataView(bytes.buffer).setUint32(0, index);
        return new Blob([bytes]);
      });
      const files = new DataTransfer();
      files.items.add(new File(parts, called, { type: 'application/octet-stream' }));
      if (!(input instanceof HTMLInputElement)) throw new TypeError('Files are chosen with an input.');
      input.files = files.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    },
    { count: blocks, length: block, called: name },
  );
}

/** The SHA-256 of the file that `give` makes. */
function givenHash(): string {
  const hash = createHash('sha256');
  for (let index = 0; index < blocks; index += 1) {
    const bytes = Buffer.alloc(block);
    for (let at = 0; at < block; at += 1) bytes[at] = (at * 31 + (at >> 8) + index) & 255;
    bytes.writeUInt32BE(index);
    hash.update(bytes);
  }
  return hash.digest('hex');
}

async function open(agentId: string): Promise<AgentTab> {
  const { page } = await profiles.open(proxy.url);
  await page.addInitScript(() => Object.assign(window, { showSaveFilePicker: undefined }));
  return AgentTab.open(page, agentId);
}

/** Sends a file; `reload` is reloaded when half of it has come. Returns how many bytes passed, and the SHA-256 of what was saved. */
async function move(from: AgentTab, to: AgentTab, name: string, reload: AgentTab) {
  const before = { ...proxy.passed };
  const row = ({ page }: AgentTab) => page.getByRole('log').getByRole('listitem').filter({ hasText: name });
  await give(from.page, to.agentId, name);
  await to.page.getByRole('button', { name: `Accept ${name}` }).click();
  const progress = to.page.getByRole('progressbar', { name: `Progress of ${name}` });
  const come = () => progress.evaluate((bar) => Number(bar.getAttribute('value')));
  await expect.poll(come, { message: 'half of it has come', ...patient }).toBeGreaterThan(size / 2);
  await expect(row(to)).toContainText('receiving');
  await reload.page.reload();
  await reload.ready();
  await expect(row(to).getByText('RECEIVED', { exact: true })).toBeVisible(patient);
  await expect(row(from).getByText('SENT', { exact: true })).toBeVisible();
  const hashes = [row(from), row(to)].map((each) => each.getByRole('button', { name: /^hash / }));
  const [sent, received] = await Promise.all(hashes.map((each) => each.innerText()));
  expect(received).toBe(sent);
  await expect(row(to)).toContainText('hash equal on both sides');
  const passed = { up: proxy.passed.up - before.up, down: proxy.passed.down - before.down };
  const downloaded = to.page.waitForEvent('download');
  await to.page.getByRole('button', { name: `Save ${name}` }).click();
  const download = await downloaded;
  expect(download.suggestedFilename()).toBe(name);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(await download.path())) hash.update(chunk);
  return { passed, hash: hash.digest('hex') };
}

test('a file goes each way, and on where it was after its receiver or its sender was reloaded', async ({ browser }) => {
  test.setTimeout(isExhaustive ? 1_200_000 : 400_000);
  const [one, two] = await Promise.all([open(traveller), open(helper)]);
  await one.connect(helper);
  await two.talkTo(traveller);
  const whole = givenHash();
  proxy.rate = size / seconds;
  const memory = await RendererMemory.watch(browser);
  const moved = async () => [await move(one, two, 'there.bin', two), await move(two, one, 'back.bin', two)];
  const files = await moved().finally(() => memory.end());
  const { most, grown } = await memory.end();
  const mebibytes = (bytes: number) => `${(bytes / block).toFixed(1)} MiB`;
  for (const { passed } of files) {
    const description = `${mebibytes(size)}: ${mebibytes(passed.up)} up, ${mebibytes(passed.down)} down`;
    test.info().annotations.push({ type: 'a file and the bytes that passed', description });
  }
  const held = `${mebibytes(most)} at most, ${mebibytes(grown)} more than at first`;
  test.info().annotations.push({ type: 'memory of a renderer', description: held });
  const said = test.info().annotations.map(({ description }) => description);
  process.stdout.write(`    ${said.join('; ')}\n`);
  for (const { passed, hash } of files) {
    expect(hash).toBe(whole);
    expect(passed.up).toBeGreaterThan(size);
    // From the beginning it would have been half as much again, and what was under way besides.
    expect(passed.down, 'no byte goes twice but those that were under way').toBeLessThan(size + underWay);
  }
  expect(grown, 'bytes that a renderer has grown by').toBeLessThan(mostGrown);
});
