import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { FileStores, FileVault } from '../contracts/file-store.ts';
import type { FileView } from '../contracts/file-views.ts';
import { during, passing } from '../testing/passing.ts';
import { generateRsa, type OpenedAgent, TestWorld } from '../testing/world.ts';

const mebibyte = 1024 * 1024;
const ids = { traveller: 'traveller_agent_001', helper: 'helper_agent_001', third: 'third_agent_001' } as const;
type Who = keyof typeof ids;

let world: TestWorld;
let open: Record<Who, OpenedAgent>;
let vault: FileVault;
let given: FileVault;

beforeAll(async () => {
  world = await TestWorld.create();
  const store = createMemoryAgentStore();
  given = store.files.vault;
  vault = { ...given };
  const files: FileStores = { ...store.files, vault };
  open = {
    traveller: await world.open(ids.traveller, 'https://localhost:5000', { generateRsa }),
    helper: await world.open(ids.helper, 'https://localhost:5001', { generateRsa, store: { ...store, files } }),
    third: await world.open(ids.third, 'https://localhost:5002', { generateRsa }),
  };
});
afterEach(() => {
  Object.assign(vault, given);
});

const filesOf = (who: Who) => open[who].agent.files;
const wait = <T>(work: Promise<T>) => during(world.clock, work);
const shows = (who: Who, id: string, look: (file: FileView) => boolean) =>
  passing(world.clock, () => {
    const file = open[who].agent.snapshot().files.find((one) => one.id === id);
    return file !== undefined && look(file) ? file : undefined;
  });
const statusOf = (who: Who, id: string, status: FileView['status']) => shows(who, id, (file) => file.status === status);
const outcome = (work: Promise<unknown>) =>
  wait(
    work.then(
      () => 'done',
      (cause: unknown) => asParleyError(cause).code,
    ),
  );

/** Calls a method of Parley itself as a peer does that is not ours; returns the code of the answer. */
const says = async (who: Who, method: string, parameters: JsonValue) => {
  const { status, error } = await wait(open[who].agent.send({ peerId: ids.helper, method, parameters }));
  return status === 'success' ? 'done' : error?.code;
};

async function offer(size = 5, from: Who = 'helper', to: Who = 'traveller'): Promise<string> {
  const blob = new Blob([new Uint8Array(size).fill(7)]);
  const { id } = await wait(filesOf(from).offer(ids[to], { name: 'a.bin', mediaType: '', blob }));
  await statusOf(to, id, 'offered');
  return id;
}

describe('who was not offered a file', () => {
  test('cannot read it, say that it has come, or decide on it, by its id alone', async () => {
    const id = await offer();
    expect(await says('third', 'parley.file.read', { id, from: 0 })).toBe('stream_gone');
    expect(await says('third', 'parley.file.done', { id, size: 5, hash: `${'A'.repeat(43)}=` })).toBe('stream_gone');
    expect(await says('third', 'parley.file.decision', { id, decision: 'cancelled' })).toBe('stream_gone');
    expect(await says('third', 'parley.file.read', { id: 'ab'.repeat(16), from: 0 })).toBe('stream_gone');
    await wait(filesOf('traveller').accept(id));
    await statusOf('traveller', id, 'whole');
  });

  test('cannot offer another one under its id', async () => {
    const id = await offer(5, 'traveller', 'helper');
    const file = { id, name: 'b', media_type: 'text/plain', size: 9 };
    expect(await says('third', 'parley.file.offer', { file })).toBe('malformed_message');
    expect((await statusOf('helper', id, 'offered')).size).toBe(5);
  });
});

test.each<readonly [string, JsonValue]>([
  ['parley.file.offer', null],
  ['parley.file.offer', { file: { id: 'ab', name: 'a', media_type: 'b', size: 1 } }],
  ['parley.file.offer', { file: { id: 'ab'.repeat(16), name: 'a', media_type: 'b', size: -1 } }],
  ['parley.file.offer', { file: { id: 'ab'.repeat(16), name: 'a', media_type: 'b', size: 2 ** 40 } }],
  ['parley.file.offer', { file: { id: 'ab'.repeat(16), name: 'a'.repeat(5_000), media_type: 'b', size: 1 } }],
  ['parley.file.read', { id: 'ab'.repeat(16), from: 1 }],
  ['parley.file.read', { id: 'ab'.repeat(16), from: -1_048_576 }],
  ['parley.file.done', { id: 'ab'.repeat(16), size: 1, hash: 'short' }],
  ['parley.file.decision', { id: 'ab'.repeat(16), decision: 'offered' }],
])('%s with %j is malformed', async (method, parameters) => {
  expect(await says('third', method, parameters)).toBe('malformed_message');
});

test('a file is read from a whole block on, and not behind its end', async () => {
  const id = await offer(5);
  expect(await says('traveller', 'parley.file.read', { id, from: mebibyte })).toBe('malformed_message');
  await wait(filesOf('helper').cancel(id));
});

test('offers that wait for a decision are 64 of a peer at most', async () => {
  const one = (index: number) => ({
    file: { id: index.toString(16).padStart(32, '0'), name: 'a', media_type: 'b', size: 1 },
  });
  const answers: unknown[] = [];
  for (let index = 0; index < 64; index++) answers.push(await says('third', 'parley.file.offer', one(index)));
  expect(new Set(answers)).toEqual(new Set(['done']));
  expect(await says('third', 'parley.file.offer', one(64))).toBe('rate_limited');
  // The same offer again is no new one.
  expect(await says('third', 'parley.file.offer', one(3))).toBe('done');
  const page = await filesOf('helper').list({ peerId: ids.third });
  expect(page.files).toHaveLength(64);
  for (const { id } of page.files) {
    await filesOf('helper').decline(id);
    await filesOf('helper').remove(id);
  }
});

describe('what comes', () => {
  test('is given up when its sender no longer has it as it was offered', async () => {
    const id = await offer(2 * mebibyte, 'traveller', 'helper');
    const { sources } = open.traveller.store.files;
    const { open: found } = sources;
    Object.assign(sources, { open: async () => new Blob([new Uint8Array(mebibyte)]) });
    await wait(filesOf('helper').accept(id));
    await statusOf('helper', id, 'missing');
    await statusOf('traveller', id, 'missing');
    Object.assign(sources, { open: found });
    expect(await outcome(filesOf('helper').open(id))).toBe('invalid_input');
    expect(await vault.list()).not.toContain(id);
  });

  test('is no whole file when its sender has other bytes at the end than it has served', async () => {
    const id = await offer(2 * mebibyte, 'traveller', 'helper');
    const { sources } = open.traveller.store.files;
    const { open: found } = sources;
    await wait(filesOf('helper').accept(id));
    await shows('helper', id, ({ moved }) => moved >= mebibyte);
    // After a restart the sender hashes what it has again.
    const other = new Blob([new Uint8Array(2 * mebibyte).fill(8)]);
    Object.assign(sources, { open: async () => other });
    await wait(open.traveller.agent.stop());
    await wait(open.traveller.agent.start());
    const failed = await shows('helper', id, ({ status }) => status === 'failed');
    expect(failed.error?.code).toBe('stream_corrupt');
    await statusOf('traveller', id, 'failed');
    Object.assign(sources, { open: found });
    expect(await outcome(filesOf('helper').open(id))).toBe('invalid_input');
    expect(await vault.list()).not.toContain(id);
  });

  test('waits when the disk is full, is said so, and goes on once there is room', async () => {
    const third = open.third;
    const blob = new Blob([new Uint8Array(3 * mebibyte).fill(9)]);
    const { id } = await wait(third.agent.files.offer(ids.helper, { name: 'b', mediaType: 'text/plain', blob }));
    await statusOf('helper', id, 'offered');
    const { write } = given;
    Object.assign(vault, {
      write: (of: string, at: number, parts: Parameters<typeof write>[2]) =>
        at === mebibyte ? Promise.reject(new ParleyError('storage_full', 'There is no room.')) : write(of, at, parts),
    });
    await wait(filesOf('helper').accept(id));
    const full = await statusOf('helper', id, 'paused');
    expect([full.error?.code, full.pausedBy, full.moved]).toEqual(['storage_full', 'here', mebibyte]);
    Object.assign(vault, { write });
    await wait(filesOf('helper').resume(id));
    expect((await statusOf('helper', id, 'whole')).error).toBe(undefined);
    expect((await filesOf('helper').open(id)).size).toBe(3 * mebibyte);
  });
});
