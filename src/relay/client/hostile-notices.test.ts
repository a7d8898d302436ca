import { expect, inject, test } from 'vitest';
import { fuzzed, saysTheSame } from '../../group/testing/fuzz.ts';
import { Chance } from '../../mls/testing/chance.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { decodeFromRelay, encodeFrame } from './frames.ts';

const runs = inject('exhaustive') ? 10_000 : 200;
const chance = new Chance(16);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const groups: [string, number][] = [
  ['ab'.repeat(16), 7],
  ['cd'.repeat(16), 0],
];
const notice = { type: 'notice', inbox: 4, groups } as const;

/** A frame whose header has these bytes. */
function frameOf(header: Bytes): Bytes {
  const frame = new Uint8Array(4 + header.length);
  new DataView(frame.buffer).setUint32(0, header.length);
  frame.set(header, 4);
  return frame;
}

function headerIn(frame: Bytes): unknown {
  const length = new DataView(frame.buffer, frame.byteOffset).getUint32(0);
  return JSON.parse(decoder.decode(frame.subarray(4, 4 + length)));
}

const readFrame = (frame: Bytes) => decodeFromRelay(frame.slice().buffer).header;

test('a notice on the line that was changed is no frame, or tells what it says', { timeout: 1_800_000 }, async () => {
  const whole = {
    sample: encodeFrame(notice),
    read: readFrame,
    isFaithful: (header: object, frame: Bytes) => saysTheSame(header, headerIn(frame), true),
    code: 'malformed_message',
  };
  expect((await fuzzed(whole, runs, chance)).refused).toBeGreaterThan(runs / 10);
  const inHeader = {
    sample: { type: 'notice', inbox: 4, groups },
    read: (bytes: Bytes) => readFrame(frameOf(bytes)),
    isFaithful: (header: object, bytes: Bytes) => saysTheSame(header, JSON.parse(decoder.decode(bytes)), true),
    code: 'malformed_message',
  };
  expect((await fuzzed(inHeader, runs, chance)).refused).toBeGreaterThan(runs / 10);
});
