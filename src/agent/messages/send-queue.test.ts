import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SendQueue } from './send-queue.ts';

const most = { underWayPerPeer: 3, queuedPerPeer: 5, queued: 7, queuedBytesPerPeer: 50, queuedBytes: 70 };

/** Enters, and notes in `begun` when the turn comes. */
function enter(queue: SendQueue, peerId: string, name: string, begun: string[], weight = 1) {
  const place = queue.enter(peerId, weight);
  void place.turn.then(() => begun.push(name));
  return place;
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('requests begin in the order in which they were made, three at once', async () => {
  const queue = new SendQueue(most);
  const begun: string[] = [];
  const places = ['a', 'b', 'c', 'd', 'e'].map((name) => enter(queue, 'helper', name, begun));
  await settled();
  expect(begun).toEqual(['a', 'b', 'c']);
  expect(places.map(({ isFirst }) => isFirst)).toEqual([true, true, true, false, false]);
  places[1]?.leave();
  await settled();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
});

test('a peer whose requests wait delays no other', async () => {
  const queue = new SendQueue(most);
  const begun: string[] = [];
  for (let n = 0; n < 8; n++) enter(queue, 'slow', 'slow', begun);
  enter(queue, 'quick', 'quick', begun);
  await settled();
  expect(begun.at(-1)).toBe('quick');
});

test('one that leaves while it waits gives its place to nobody and is not begun', async () => {
  const queue = new SendQueue(most);
  const begun: string[] = [];
  const [first, , , fourth] = ['a', 'b', 'c', 'd', 'e'].map((name) => enter(queue, 'helper', name, begun));
  fourth?.leave();
  fourth?.leave();
  await settled();
  expect(begun).toEqual(['a', 'b', 'c']);
  first?.leave();
  await settled();
  expect(begun).toEqual(['a', 'b', 'c', 'e']);
});

const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'taken';
  } catch (error) {
    return Object(error).code;
  }
};

test.each([
  ['requests to one peer', (queue: SendQueue) => Array.from({ length: 8 }, () => queue.enter('helper', 1))],
  ['bytes to one peer', (queue: SendQueue) => [1, 1, 1, 50].map((weight) => queue.enter('helper', weight))],
])('beyond the limit of %s it is full for that peer alone, until one leaves', (_, fill) => {
  const queue = new SendQueue(most);
  const places = fill(queue);
  expect(codeOf(() => queue.enter('helper', 1))).toBe('queue_full');
  expect(codeOf(() => queue.enter('other', 1))).toBe('taken');
  places.at(-1)?.leave();
  expect(codeOf(() => queue.enter('helper', 1))).toBe('taken');
});

test('all peers together have a limit as well', () => {
  const queue = new SendQueue(most);
  for (const peer of ['one', 'two']) for (let n = 0; n < 6; n++) queue.enter(peer, 1);
  expect(codeOf(() => queue.enter('one', 1))).toBe('taken');
  expect(codeOf(() => queue.enter('two', 1))).toBe('queue_full');
});

test('whatever order they leave in, no peer has more under way than it may, and each turn comes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 20 }), { minLength: 30, maxLength: 60 }), async (choices) => {
      const queue = new SendQueue({
        ...most,
        queuedPerPeer: 100,
        queued: 100,
        queuedBytesPerPeer: 1e6,
        queuedBytes: 1e6,
      });
      const underWay = new Set<number>();
      const places = Array.from({ length: 20 }, (_, n) => {
        const place = queue.enter('helper', 1);
        void place.turn.then(() => underWay.add(n));
        return place;
      });
      for (const choice of [...choices, ...Array.from({ length: 21 }, (_, n) => n)]) {
        await settled();
        expect(underWay.size).toBeLessThanOrEqual(3);
        places[choice]?.leave();
        underWay.delete(choice);
        places[choice] = { isFirst: false, turn: Promise.resolve(), leave: () => undefined };
      }
      // Every place was given back: the queue is as new.
      expect([1, 2, 3].map(() => queue.enter('helper', 1).isFirst)).toEqual([true, true, true]);
    }),
    { numRuns: 20 },
  );
});
