import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { whichGo } from './which-stay.ts';

let count = 0;
const one = (peerId: string, at: number, isFull = false) => ({ sessionId: `${peerId} ${++count}`, peerId, at, isFull });
const many = (peerId: string, length: number, from: number) => Array.from({ length }, (_, i) => one(peerId, from + i));

describe('which recordings go', () => {
  test('none while there is room', () => {
    expect(whichGo(many('a', 20, 0))).toEqual([]);
  });

  test('the oldest of a peer, and its newest full handshake last', () => {
    const first = one('a', 0, true);
    const resumptions = many('a', 40, 1);
    const gone = whichGo([first, ...resumptions]);
    expect(gone).toEqual(resumptions.slice(0, 21).map(({ sessionId }) => sessionId));
    const second = one('a', 100, true);
    expect(whichGo([first, second, ...resumptions], 2)).toContain(first.sessionId);
    expect(whichGo([first, second, ...resumptions], 2)).not.toContain(second.sessionId);
  });

  test('those of the peer that has most, however many come', () => {
    const quiet = one('quiet', 0, true);
    const gone = whichGo([quiet, ...many('loud', 500, 1)]);
    expect(gone).toHaveLength(481);
    expect(gone).not.toContain(quiet.sessionId);
  });

  test('so many that what stays fits, and no peer with fewer loses to one with more', () => {
    const stored = fc.record({
      peerId: fc.constantFrom('a', 'b', 'c', 'd'),
      at: fc.nat(50),
      isFull: fc.boolean(),
      sessionId: fc.uuid(),
    });
    fc.assert(
      fc.property(fc.uniqueArray(stored, { selector: ({ sessionId }) => sessionId, maxLength: 60 }), (all) => {
        const gone = new Set(whichGo(all, 8));
        expect(gone.size).toBe(Math.max(0, all.length - 8));
        const stay = all.filter(({ sessionId }) => !gone.has(sessionId));
        const left = (peerId: string) => stay.filter((each) => each.peerId === peerId).length;
        for (const lost of all.filter(({ sessionId }) => gone.has(sessionId))) {
          for (const { peerId } of all) expect(left(lost.peerId) + 1).toBeGreaterThanOrEqual(left(peerId));
        }
      }),
    );
  });
});
