import { expect, test } from 'vitest';
import { exchange } from '../../storage/testing/history-contract.ts';
import { faultyStore } from './testing/faulty-store.ts';
import { alone, WriteQueue } from './write-queue.ts';

const numbered =
  (sequence: number, size = 32) =>
  async () =>
    exchange({ sequence, ciphertext: new Uint8Array(size).fill(sequence) });

test('what comes in while a transaction runs goes out in one, in its order', async () => {
  const faulty = faultyStore();
  const writeQueue = new WriteQueue(faulty.store, alone);
  const order: number[] = [];
  const note = (sequence: number) => () => order.push(sequence);
  const first = writeQueue.write(numbered(1)).then(note(1));
  await Promise.resolve();
  await Promise.resolve();
  const rest = Array.from({ length: 100 }, (_, i) => writeQueue.write(numbered(i + 2)).then(note(i + 2)));
  await Promise.all([first, ...rest]);
  expect(faulty.commits).toBe(2);
  expect(order).toEqual(Array.from({ length: 101 }, (_, i) => i + 1));
  expect(await faulty.store.exchangesBefore('helper_agent_001', undefined, 500)).toHaveLength(101);
});

test('the later of two writings of an exchange stays', async () => {
  const { store } = faultyStore();
  const writeQueue = new WriteQueue(store, alone);
  await Promise.all([writeQueue.write(numbered(1, 10)), writeQueue.write(numbered(1, 20))]);
  expect(await store.usages()).toMatchObject([{ exchanges: 1, bytes: 20 }]);
});

test('one that cannot be made takes no other with it', async () => {
  const { store } = faultyStore();
  const writeQueue = new WriteQueue(store, alone);
  const written = await Promise.allSettled([
    writeQueue.write(numbered(1)),
    writeQueue.write(() => Promise.reject(new Error('no cipher'))),
    writeQueue.write(numbered(3)),
  ]);
  expect(written.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect((await store.exchangesAfter('helper_agent_001', 0, 9)).map(({ sequence }) => sequence)).toEqual([1, 3]);
});

test('what belongs together is written in one transaction, or not at all', async () => {
  const faulty = faultyStore();
  const batches: Parameters<typeof faulty.store.commit>[0][] = [];
  const commit: typeof faulty.store.commit = async (batch) => {
    batches.push(batch);
    return faulty.store.commit(batch);
  };
  const writeQueue = new WriteQueue({ ...faulty.store, commit }, alone);
  const change = { put: [], drop: [{ group: 'a'.repeat(32), part: 'pending' }] };
  const requests = [{ add: [], drop: [], floors: [] }];
  await writeQueue.writeTogether({ exchanges: [numbered(1), numbered(2)], requests, groups: [change] });
  expect(batches).toMatchObject([{ exchanges: [{}, {}], requests, groups: [change] }]);
  const failing = writeQueue.writeTogether({
    exchanges: [numbered(3), () => Promise.reject(new Error('no cipher'))],
    groups: [change],
  });
  await expect(failing).rejects.toThrow('no cipher');
  expect(batches).toHaveLength(1);
});

test('a full store is told to each, and what comes later is tried anew', async () => {
  const faulty = faultyStore();
  const writeQueue = new WriteQueue(faulty.store, alone);
  faulty.isFull = true;
  await expect(Promise.all([writeQueue.write(numbered(1)), writeQueue.write(numbered(2))])).rejects.toThrow(
    /storage_full/,
  );
  faulty.isFull = false;
  await writeQueue.write(numbered(3));
  expect(await faulty.store.usages()).toMatchObject([{ exchanges: 1 }]);
});

test('what was written is waited for, and not what never stops coming', async () => {
  const faulty = faultyStore();
  const audit = { isWaiting: true, written: 0 };
  const writeQueue = new WriteQueue(faulty.store, {
    get isWaiting() {
      return audit.isWaiting;
    },
    write: async (commit) => {
      const result = await commit([]);
      audit.isWaiting = false;
      audit.written += 1;
      return result;
    },
  });
  let sequence = 0;
  let isGoingOn = true;
  const goOn = (): unknown => isGoingOn && writeQueue.write(numbered(++sequence)).then(goOn);
  goOn();
  goOn();
  await writeQueue.write(numbered(++sequence));
  audit.isWaiting = true;
  audit.written = 0;
  const wanted = writeQueue.write(numbered(++sequence));
  const last = sequence;
  await writeQueue.settled();
  await wanted;
  expect(audit.written).toBeGreaterThan(0);
  expect(await faulty.store.exchangesBefore('helper_agent_001', last + 1, 1)).toMatchObject([{ sequence: last }]);
  isGoingOn = false;
  await writeQueue.settled();
});

test('a deletion takes what was written before it, and nothing after', async () => {
  const { store } = faultyStore();
  const writeQueue = new WriteQueue(store, alone);
  const deletion = { peerId: 'helper_agent_001', which: { upTo: 9 }, reason: 'person' } as const;
  const done = [writeQueue.write(numbered(1)), writeQueue.delete(deletion), writeQueue.write(numbered(2))];
  expect(await Promise.all(done)).toEqual([undefined, 1, undefined]);
  expect((await store.exchangesAfter('helper_agent_001', 0, 9)).map(({ sequence }) => sequence)).toEqual([2]);
});

test('what goes along is written with the exchanges, with a deletion, and by itself when nothing else is', async () => {
  const { store } = faultyStore();
  let waiting = 1;
  let next = 0;
  const writeQueue = new WriteQueue(store, {
    get isWaiting() {
      return waiting > 0;
    },
    write: async (commit) => {
      const entries = Array.from({ length: waiting }, () => ({ index: next++, text: '{}', hash: new Uint8Array(32) }));
      waiting = 0;
      return commit(entries);
    },
  });
  await writeQueue.write(numbered(1));
  expect(await store.auditEntries(0, 9)).toHaveLength(1);
  waiting = 2;
  writeQueue.nudge();
  await writeQueue.settled();
  expect(await store.auditEntries(0, 9)).toHaveLength(3);
  waiting = 1;
  await writeQueue.delete({ peerId: 'helper_agent_001', which: { sequences: [1] }, reason: 'person' });
  expect(await store.auditEntries(0, 9)).toHaveLength(4);
});
