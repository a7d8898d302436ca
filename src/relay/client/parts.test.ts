import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import { PartReceiver, PartSender, partBytes, windowBytes } from './parts.ts';

interface Header {
  readonly id: number;
  readonly more?: boolean | undefined;
}

/** A sender and a receiver with a wire between them that holds everything until the test lets it pass. */
function wire(most = 10_000_000) {
  const there: { readonly begins: boolean; readonly header: Header; readonly part: Bytes }[] = [];
  const back: number[] = [];
  const arrived = new Map<number, Bytes>();
  let onTheWay = 0;
  let mostOnTheWay = 0;
  const sender = new PartSender<Header>((header, part) => {
    there.push({ begins: !('type' in header), header, part });
    onTheWay += part.length;
    mostOnTheWay = Math.max(mostOnTheWay, onTheWay);
  });
  const refused = new Set<number>();
  const receiver = new PartReceiver<Header>({
    most,
    accepts: (id) => !refused.has(id),
    whole: ({ id }, body) => arrived.set(id, body),
    taken: (bytes) => back.push(bytes),
  });
  /** Lets one frame pass, there or back. */
  const step = (isBack: boolean) => {
    if (isBack) {
      const bytes = back.shift();
      if (bytes === undefined) return;
      onTheWay -= bytes;
      sender.taken(bytes);
      return;
    }
    const frame = there.shift();
    if (frame === undefined) return;
    const { begins, header, part } = frame;
    if (begins) receiver.begin(header, part);
    else receiver.add(header.id, part, header.more === true);
  };
  const drain = () => {
    while (there.length + back.length > 0) {
      step(false);
      step(true);
    }
  };
  return { sender, receiver, refused, arrived, there, step, drain, most: () => mostOnTheWay };
}

function isSame(one: Bytes | undefined, other: Bytes): boolean {
  return one !== undefined && one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function bodyOf(length: number, seed: number): Bytes {
  return new Uint8Array(length).map((_, at) => (at * 31 + seed) % 256);
}

test('bodies of any size, in any order of frames there and back, arrive whole, and never more than the window is on its way', async () => {
  await assert(
    property(
      array(integer({ min: 0, max: 400_000 }), { maxLength: 6 }),
      array(integer({ min: 0, max: 1 })),
      (sizes, order) => {
        const { sender, arrived, step, drain, most } = wire();
        for (const [id, size] of sizes.entries()) {
          sender.send({ id: id + 1 }, bodyOf(size, id));
          for (const way of order) step(way === 1);
        }
        drain();
        expect([...arrived.keys()].toSorted()).toEqual(sizes.map((_, id) => id + 1));
        for (const [id, size] of sizes.entries()) expect(isSame(arrived.get(id + 1), bodyOf(size, id))).toBe(true);
        expect(most()).toBeLessThan(windowBytes + partBytes);
      },
    ),
    { numRuns: 40 },
  );
});

test('a small body that comes later arrives before a large one', () => {
  const { sender, arrived, drain } = wire();
  sender.send({ id: 1 }, bodyOf(4_000_000, 1));
  sender.send({ id: 2 }, bodyOf(10, 2));
  drain();
  expect([...arrived.keys()]).toEqual([2, 1]);
});

test('a body that is dropped is not sent further, and holds up nothing', () => {
  const { sender, arrived, there, drain } = wire();
  let written = 0;
  sender.send({ id: 1 }, bodyOf(4_000_000, 1), () => {
    written += 1;
  });
  sender.drop(1);
  expect(written).toBe(1);
  sender.send({ id: 2 }, bodyOf(500_000, 2));
  const before = there.length;
  expect(before).toBe(windowBytes / partBytes);
  drain();
  expect([...arrived.keys()]).toEqual([2]);
});

test('what the receiver does not accept is taken all the same, so that the sender goes on', () => {
  const { sender, arrived, refused, drain } = wire();
  refused.add(1);
  sender.send({ id: 1 }, bodyOf(1_000_000, 1));
  sender.send({ id: 2 }, bodyOf(1_000_000, 2));
  drain();
  expect([...arrived.keys()]).toEqual([2]);
});

test('a body that is too large, begins twice, or was taken more than it was sent ends the connection', () => {
  const { sender, receiver, drain } = wire(100_000);
  sender.send({ id: 1 }, bodyOf(100_001, 1));
  expect(drain).toThrow(/malformed_message/);
  receiver.begin({ id: 2, more: true }, bodyOf(20_000, 1));
  expect(() => receiver.begin({ id: 2, more: true }, bodyOf(20_000, 1))).toThrow(/malformed_message/);
  expect(() => sender.taken(1_000_000)).toThrow(/malformed_message/);
});

test('a body does not come in crumbs', () => {
  const { receiver } = wire();
  expect(() => receiver.begin({ id: 1, more: true }, bodyOf(1, 1))).toThrow(/malformed_message/);
  receiver.begin({ id: 2, more: true }, bodyOf(partBytes, 1));
  expect(() => receiver.add(2, bodyOf(0, 1), true)).toThrow(/malformed_message/);
});

test('a body of which enough is known counts as whole, and the rest of it has no effect', () => {
  const arrived: Bytes[] = [];
  let taken = 0;
  const receiver = new PartReceiver<Header>({
    most: 10_000_000,
    accepts: () => true,
    looksAt:
      ({ id }) =>
      (part) =>
        id === 1 && part[0] === 7 ? 'enough' : 'go on',
    whole: (_, body) => arrived.push(body),
    taken: (bytes) => {
      taken += bytes;
    },
  });
  const part = (first: number) => new Uint8Array(partBytes).fill(first, 0, 1);
  receiver.begin({ id: 1, more: true }, part(1));
  receiver.begin({ id: 2, more: true }, part(7));
  expect(arrived).toEqual([]);
  receiver.add(1, part(7), true);
  expect(arrived.map((body) => body.length)).toEqual([2 * partBytes]);
  receiver.add(1, part(2), true);
  receiver.add(1, part(2), false);
  receiver.add(2, part(2), false);
  expect(arrived.map((body) => body.length)).toEqual([2 * partBytes, 2 * partBytes]);
  // What has no effect is taken: it must not stop the window.
  expect(taken).toBe(6 * partBytes);
});
