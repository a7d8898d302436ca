import { type ChildProcess, spawn } from 'node:child_process';
import { createSecretKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeliveryStore, EntryRecord } from '../delivery/store.ts';
import { openAuthorityFile } from './file/authority-file.ts';
import { openNatsDeliveryStore } from './nats/delivery/delivery-store.ts';
import { NatsLink } from './nats/link.ts';
import { Seal } from './nats/seal.ts';
import { hasNats, startNats } from './nats/testing/nats-server.ts';
import { openSqliteControllerStore } from './sqlite/controller-store.ts';

const groupId = 'ab'.repeat(16);
/** How often a server is killed, and entries that it appends at most in between. */
const kills = 4;
const mostAppends = 2_000;

/** What a process that appends has said. */
class Appender {
  readonly sender: string;
  readonly confirmed = new Map<string, number>();
  readonly tried: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #heard: (() => void) | undefined;

  constructor(engine: 'sqlite' | 'nats', where: string, sender: string) {
    this.sender = sender;
    const args = ['--disable-warning=ExperimentalWarning', 'src/storage/testing/appending.ts', engine, where, sender];
    this.#child = spawn(process.execPath, [...args, String(mostAppends)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = this.#child.stdout === null ? undefined : createInterface({ input: this.#child.stdout });
    // Also what was written right before its end is read.
    this.#ended = new Promise((resolve) => lines?.once('close', resolve));
    lines?.on('line', (line) => {
      const [said, entryId = '', index] = line.split(' ');
      if (said === 'try') this.tried.push(entryId);
      else this.confirmed.set(entryId, Number(index));
      this.#heard?.();
    });
  }

  /** Resolves once so many entries are confirmed, or it has ended. */
  async reached(count: number): Promise<void> {
    const enough = new Promise<void>((resolve) => {
      this.#heard = () => {
        if (this.confirmed.size >= count) resolve();
      };
      this.#heard();
    });
    await Promise.race([enough, this.#ended]);
  }

  /** Kills it at once, as a crash does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

/** Checks a log against what its writers have said. */
async function expectNothingLost(store: DeliveryStore, writers: readonly Appender[]): Promise<void> {
  const entries: EntryRecord[] = [];
  for (;;) {
    const page = await store.entries(groupId, entries.length, 256);
    if (page.length === 0) break;
    entries.push(...page);
  }
  expect(entries.map(({ index }) => index)).toEqual(entries.map((_, at) => at));
  expect((await store.group(groupId))?.next).toBe(entries.length);
  const placed = new Map(entries.map(({ entryId, index }) => [entryId, index]));
  expect(placed.size).toBe(entries.length);
  const afters = await Promise.all(
    entries.map(async ({ index }) => new TextDecoder().decode(await store.message(groupId, index)).split(' after ')[1]),
  );
  // Each commit has the one before it as `after`: none has the same as another.
  expect(afters).toEqual(entries.map((_, at) => String(at - 1)));
  const inbox = await store.inbox('agent_c', 0, Number.MAX_SAFE_INTEGER);
  expect(inbox.map(({ entry }) => entry).toSorted((a, b) => a - b)).toEqual(entries.map(({ index }) => index));
  for (const { sender, confirmed, tried } of writers) {
    for (const [entryId, index] of confirmed) expect(placed.get(entryId)).toBe(index);
    // The one that it was killed in is there with its answer, or not at all.
    const last = tried.at(-1) ?? '';
    expect((await store.answered(sender, last))?.index).toBe(placed.get(last));
  }
}

const random = (most: number) => 1 + Math.floor(Math.random() * most);

let folder = '';
const running: Appender[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-killed-'));
});
afterEach(async () => {
  for (const appender of running.splice(0)) await appender.kill();
  await rm(folder, { recursive: true });
});
const start = (engine: 'sqlite' | 'nats', where: string, sender: string) => {
  const appender = new Appender(engine, where, sender);
  running.push(appender);
  return appender;
};

test('a server with SQLite that is killed at any moment has every entry that it confirmed', {
  timeout: 120_000,
}, async () => {
  const writers: Appender[] = [];
  for (let round = 0; round < kills; round += 1) {
    const writer = start('sqlite', folder, 'agent_a');
    writers.push(writer);
    await writer.reached(random(30));
    await writer.kill();
    expect(writer.confirmed.size).toBeGreaterThan(0);
    const opened = await openSqliteControllerStore(
      join(folder, 'controller.db'),
      openAuthorityFile(join(folder, 'ca.pem')),
    );
    try {
      await expectNothingLost(opened.delivery, writers);
    } finally {
      opened.close();
    }
  }
});

describe.runIf(hasNats)('two servers over NATS', () => {
  test('that race, one of which is killed at any moment, have every entry that either confirmed', {
    timeout: 120_000,
  }, async () => {
    const nats = await startNats('');
    const link = await NatsLink.open({ urls: nats.url });
    try {
      const store = await openNatsDeliveryStore(link, new Seal(createSecretKey(new Uint8Array(32).fill(7))), {
        prefix: 'killed',
        mayChange: () => undefined,
      });
      const steady = start('nats', nats.url, 'agent_b');
      const writers = [steady];
      for (let round = 0; round < kills; round += 1) {
        const writer = start('nats', nats.url, 'agent_a');
        writers.push(writer);
        await writer.reached(random(15));
        await writer.kill();
        expect(writer.confirmed.size).toBeGreaterThan(0);
        await steady.reached(steady.confirmed.size + 2);
      }
      await steady.kill();
      expect(steady.confirmed.size).toBeGreaterThan(kills);
      await expectNothingLost(store, writers);
    } finally {
      await link.connection.close();
      await nats.end();
    }
  });
});
