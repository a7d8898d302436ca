import { describe, expect, test } from 'vitest';
import { standardRelayLimits } from './limits.ts';
import { Places } from './places.ts';

const { shareOfAddress } = standardRelayLimits;

function places(requestsPerAgent = 8) {
  let now = 0;
  const made = new Places({ requestsPerAgent, handshakesPerAgent: 4, shareOfAddress }, () => now);
  const ended: string[] = [];
  const take = (address: string | undefined, isHandshake = false) =>
    made.take({ address, isHandshake }, ({ code }) => ended.push(`${address} ${code}`));
  return {
    take,
    ended,
    wait: (ms: number) => {
      now += ms;
    },
  };
}
const full = expect.objectContaining({ code: 'rate_limited' });

describe('the places at an agent', () => {
  test('are half for one address, and handshakes have their own', () => {
    const { take } = places();
    const [leave] = Array.from({ length: 4 }, () => take('a'));
    expect(() => take('a')).toThrow(full);
    take('a', true);
    take('b');
    leave?.();
    leave?.();
    take('a');
    expect(() => take('a')).toThrow(full);
  });

  test('that a few addresses hold go to whoever has fewer, the oldest first', () => {
    const { take, ended, wait } = places();
    const leaves = ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'].map((address) => take(address));
    // What has just begun is not taken away.
    expect(() => take('c')).toThrow(full);
    wait(2_000);
    take('c');
    expect(ended).toEqual(['a rate_limited']);
    // Its place is given back once, whenever it hears of its end.
    leaves[0]?.();
    expect(() => take('a')).toThrow(full);
    take('c');
    expect(ended).toEqual(['a rate_limited', 'b rate_limited']);
    // Three and three, and two: one more would only turn it around.
    expect(() => take('c')).toThrow(full);
  });

  test('that other servers of the group have taken are theirs as those of one address', () => {
    const { take, ended, wait } = places();
    for (let at = 0; at < 8; at += 1) take(undefined);
    wait(2_000);
    take('a');
    expect(ended).toEqual(['undefined rate_limited']);
    expect(() => take(undefined)).toThrow(full);
  });
});
