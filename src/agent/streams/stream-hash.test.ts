import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Chance } from '../../mls/testing/chance.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { StreamHash } from '../../protocol/crypto/stream-hash.ts';
import { limits } from '../../protocol/limits.ts';
import { material, seeds, sizes } from './testing/pieced-source.ts';

const { subtle } = crypto;

describe('the hash of a stream', () => {
  const whole = (bytes: Bytes) => {
    const blocks = [];
    for (let at = 0; at < bytes.length; at += limits.streamPart) {
      blocks.push(
        createHash('sha256')
          .update(bytes.subarray(at, at + limits.streamPart))
          .digest(),
      );
    }
    return new Uint8Array(createHash('sha256').update(Buffer.concat(blocks)).digest());
  };

  test.each(sizes)('of %i bytes is that of the hashes of its blocks, in whatever pieces they come', async (size) => {
    const bytes = material(size, size);
    for (const seed of seeds) {
      const chance = new Chance(seed);
      const hash = new StreamHash(subtle);
      for (let at = 0; at < size; ) {
        const piece = bytes.subarray(at, at + 1 + chance.below([10_000, 400_000, 2_000_000][seed % 3] ?? 1));
        await hash.add(piece);
        if (chance.below(3) === 0) hash.compact();
        expect(hash.pending).toBeLessThan(limits.streamPart);
        at += piece.length;
      }
      expect(await hash.end()).toEqual({ size, hash: whole(bytes) });
    }
  });

  test('goes on after the blocks of another one', async () => {
    const bytes = material(3_300_000, 9);
    const first = new StreamHash(subtle);
    await first.add(bytes.subarray(0, 2_500_000));
    const second = new StreamHash(subtle, first.digests);
    expect(second.size).toBe(2 * limits.streamPart);
    await second.add(bytes.subarray(second.size));
    expect((await second.end()).hash).toEqual(whole(bytes));
  });
});
