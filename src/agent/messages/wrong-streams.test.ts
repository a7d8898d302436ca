import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import { limits } from '../../protocol/limits.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { Pair } from '../testing/pair.ts';
import { codeOf, type RawCaller } from '../testing/raw-caller.ts';
import { endOf, five, material, nothing, StreamStage } from './testing/stream-stage.ts';

let stage: StreamStage;
let pair: Pair;
let raw: RawCaller;
let other: RawCaller;
beforeAll(async () => {
  stage = await StreamStage.open();
  ({ pair, raw, other } = stage);
});
afterEach(() => stage.clear());

describe('every wrong read has its code', () => {
  const wrong: readonly [string, JsonObject, string][] = [
    ['more released than is asked from', { from: 0, release: 1 }, 'malformed_message'],
    ['beyond the end', { from: 6 }, 'malformed_message'],
    ['more than 1 MiB', { max_bytes: limits.streamPart + 1 }, 'refused malformed_message'],
    ['less than nothing', { max_bytes: -1 }, 'refused malformed_message'],
    ['a wait of more than 20 s', { wait: 21 }, 'refused malformed_message'],
    ['a wait of half a second', { wait: 0.5 }, 'refused malformed_message'],
    ['an offset that is not safe', { from: 2 ** 53 }, 'refused malformed_message'],
    ['an offset below 0', { from: -1 }, 'refused malformed_message'],
    ['a release below 0', { release: -1 }, 'refused malformed_message'],
    ['an id that is none', { stream_id: 'A'.repeat(32) }, 'refused malformed_message'],
    ['an id that was guessed', { stream_id: 'b'.repeat(32) }, 'stream_gone'],
    ['another member', { more: 1 }, 'refused malformed_message'],
    ['a nonce that is short', { nonce: 'AAAA' }, 'refused malformed_message'],
  ];
  test.each(wrong)('%s', async (_what, range, code) => {
    const id = await stage.served();
    expect(await pair.during(codeOf(raw.read(id, range)))).toBe(code);
    // It has changed nothing.
    const { result, attachment } = await pair.during(raw.read(id));
    expect(result).toEqual({ from: 0, length: 5, done: true, ...(await endOf(five)) });
    expect(attachment).toEqual(five);
  });

  test('before what was released, by the peer that reads', async () => {
    const id = await stage.served();
    expect(await pair.during(codeOf(raw.read(id, { from: 3, release: 2 })))).toBe('SUCCESS');
    expect(await pair.during(codeOf(raw.read(id, { from: 1 })))).toBe('stream_gone');
    expect(await pair.during(codeOf(raw.read(id, { from: 2, release: 0 })))).toBe('SUCCESS');
    expect(await pair.during(codeOf(raw.read(id, { from: 5, release: 5 })))).toBe('SUCCESS');
    expect(await pair.during(codeOf(raw.read(id, { from: 5, release: 5 })))).toBe('stream_gone');
  });

  test('by another peer, and in the wrong direction', async () => {
    const id = await stage.served();
    expect(await pair.during(codeOf(other.read(id)))).toBe('stream_gone');
    expect(await pair.during(codeOf(other.write(id, 0, five)))).toBe('stream_gone');
    expect(await pair.during(codeOf(raw.write(id, 0, five)))).toBe('stream_gone');
    const taken = await stage.begun();
    expect(await pair.during(codeOf(raw.read(taken)))).toBe('stream_gone');
    expect(await pair.during(codeOf(other.write(taken, 0, five)))).toBe('stream_gone');
    expect((await pair.during(raw.read(id))).attachment).toEqual(five);
    expect((await pair.during(raw.write(taken, 0, five))).result).toEqual({ next: 5 });
  });

  test('bytes with a message that carries none', async () => {
    const id = await stage.served();
    const range = { from: 0, max_bytes: 5, release: 0, wait: 0 };
    expect(await pair.during(codeOf(raw.say({ message_type: 'STREAM_READ', stream_id: id, ...range }, five)))).toBe(
      'refused malformed_message',
    );
    expect(await pair.during(codeOf(raw.say({ message_type: 'CANCEL', cancels: 'x' }, five)))).toBe(
      'refused malformed_message',
    );
  });
});

describe('every wrong write has its code', () => {
  const hash = encodeBase64(new Uint8Array(32));
  const wrong: readonly [string, number, Bytes, JsonObject, string][] = [
    ['beyond the announced size', 0, material(6), {}, 'malformed_message'],
    ['from beyond the announced size', 6, nothing, {}, 'malformed_message'],
    ['more than 1 MiB', 0, material(limits.streamPart + 1), {}, 'refused malformed_message'],
    ['an offset below 0', -1, nothing, {}, 'refused malformed_message'],
    ['an offset that is not safe', 2 ** 53, nothing, {}, 'refused malformed_message'],
    ['an end without size and hash', 0, five, { done: true }, 'refused malformed_message'],
    ['size and hash without an end', 0, five, { size: 5, hash }, 'refused malformed_message'],
    [
      'a hash of 31 bytes',
      0,
      five,
      { done: true, size: 5, hash: encodeBase64(new Uint8Array(31)) },
      'refused malformed_message',
    ],
    [
      'a hash without its padding',
      0,
      five,
      { done: true, size: 5, hash: hash.slice(0, -1) },
      'refused malformed_message',
    ],
    ['another member', 0, five, { more: 1 }, 'refused malformed_message'],
    ['an id that was guessed', 0, five, { stream_id: 'b'.repeat(32) }, 'stream_gone'],
  ];
  test.each(wrong)('%s', async (_what, from, bytes, more, code) => {
    const id = await stage.begun({ size: 5 });
    expect(await pair.during(codeOf(raw.write(id, from, bytes, more)))).toBe(code);
    expect((await pair.during(raw.write(id, 0, nothing))).result).toEqual({ next: 0 });
    expect((await pair.during(raw.write(id, 0, five, { done: true, ...(await endOf(five)) }))).result).toEqual({
      next: 5,
    });
  });

  test.each([
    ['a hash of other bytes', { size: 5, hash: encodeBase64(new Uint8Array(32)) }],
    ['another size', { size: 4 }],
  ])('an end with %s', async (_what, wrongEnd) => {
    const request = stage.newRequest();
    const id = await stage.begun({}, request);
    const end = { done: true, ...(await endOf(five)), ...wrongEnd };
    expect(await pair.during(codeOf(raw.write(id, 0, five, end)))).toBe('stream_corrupt');
    expect(await pair.during(codeOf(raw.request(request, 'take')))).toBe('handler_failed');
  });

  test('an end before the announced size', async () => {
    const request = stage.newRequest();
    const id = await stage.begun({ size: 6 }, request);
    expect(await pair.during(codeOf(raw.write(id, 0, five, { done: true, ...(await endOf(five)) })))).toBe(
      'stream_corrupt',
    );
    expect(await pair.during(codeOf(raw.request(request, 'take')))).toBe('handler_failed');
  });

  test('no bytes at all', async () => {
    const id = await stage.begun();
    const about = { message_type: 'STREAM_WRITE', stream_id: id, from: 0, done: false };
    expect(await pair.during(codeOf(raw.say(about)))).toBe('refused malformed_message');
  });

  test('at another offset changes nothing', async () => {
    const id = await stage.begun();
    expect((await pair.during(raw.write(id, 3, five))).result).toEqual({ next: 0 });
    expect((await pair.during(raw.write(id, 0, five))).result).toEqual({ next: 5 });
    expect((await pair.during(raw.write(id, 0, five))).result).toEqual({ next: 5 });
  });

  test('of a stream whose id there is already', async () => {
    const id = await stage.begun();
    const stream = { stream_id: id, media_type: 'text/plain' };
    expect(await pair.during(codeOf(raw.request(stage.newRequest(), 'take', { stream })))).toBe('malformed_message');
    const asked = other.request(stage.newRequest(), 'take', { stream });
    expect(await pair.during(codeOf(asked))).toBe('PENDING');
  });

  test('of nothing at all is a whole stream', async () => {
    const request = stage.newRequest();
    const id = await stage.begun({}, request);
    const end = await endOf(nothing);
    expect((await pair.during(raw.write(id, 0, nothing, { done: true, ...end }))).result).toEqual({ next: 0 });
    expect((await pair.during(raw.request(request, 'take'))).result).toBe(0);
    expect((await pair.during(raw.write(id, 0, nothing, { done: true, ...end }))).result).toEqual({ next: 0 });
  });
});

describe('every wrong head of a stream is refused before anything runs', () => {
  const wrong: readonly [string, JsonObject][] = [
    ['a media type of 128 characters', { media_type: 'x'.repeat(limits.mediaType + 1) }],
    ['a name of 256 characters', { name: 'x'.repeat(limits.streamName + 1) }],
    ['a day and a second', { keep: limits.streamKept + 1 }],
    ['half a second', { keep: 0.5 }],
    ['a size below 0', { size: -1 }],
    ['a size that is not safe', { size: 2 ** 53 }],
    ['an id that is none', { stream_id: 'x' }],
    ['another member', { more: 1 }],
    ['no media type', { media_type: null }],
  ];
  test.each(wrong)('%s', async (_what, more) => {
    let runs = 0;
    stage.answers('take', () => ++runs);
    const stream = { stream_id: stage.newId(), media_type: 'text/plain', ...more };
    expect(await pair.during(codeOf(raw.request(stage.newRequest(), 'take', { stream })))).toBe(
      'refused malformed_message',
    );
    expect(runs).toBe(0);
  });

  test('and the longest of each is taken', async () => {
    const name = '\u{1f600}'.repeat(limits.streamName);
    const media_type = 'x'.repeat(limits.mediaType);
    await stage.begun({ name, media_type, keep: limits.streamKept, size: Number.MAX_SAFE_INTEGER });
  });
});
