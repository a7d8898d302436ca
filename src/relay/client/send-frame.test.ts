import { expect, test } from 'vitest';
import { concat } from '../../protocol/bytes.ts';
import { encodeFrame, sendFrame } from './frames.ts';

test.each([0, 100, 64 * 1024])(
  'a frame with %i bytes of body is one message, and a large body is not copied',
  (length) => {
    const body = new Uint8Array(length).fill(7);
    const sent: { data: Uint8Array; fin: boolean }[] = [];
    let written = 0;
    const socket = {
      send: (data: Uint8Array, { fin }: { fin: boolean }, done?: () => void) => {
        sent.push({ data, fin });
        done?.();
      },
    };
    sendFrame(socket, { type: 'part', id: 1, more: true }, body, () => written++);
    expect(concat(...sent.map(({ data }) => data))).toEqual(encodeFrame({ type: 'part', id: 1, more: true }, body));
    expect(sent.map(({ fin }) => fin)).toEqual([...sent.slice(1).map(() => false), true]);
    expect(written).toBe(1);
    expect(sent.some(({ data }) => data.buffer === body.buffer)).toBe(length > 8 * 1024);
  },
);
