import { describe, expect, test } from 'vitest';
import type { ControllerStore, LastSeenStore, StoredToken, TokenStore } from '../../controller/store.ts';
import { makeRecord } from './controller-store-contract.ts';

const token = (id: string, more: Partial<StoredToken> = {}): StoredToken => ({
  id,
  name: `token ${id}`,
  hash: id.repeat(4),
  madeAt: 1_790_000_000,
  used: 0,
  usedBy: [],
  ...more,
});

/** What every store of an operator's records must do. `open` gives an empty one with a CA. */
export function operatorRecordsContract(open: () => Promise<ControllerStore & TokenStore & LastSeenStore>): void {
  describe('an operator’s records', () => {
    test('hold no token at first, then what a change made of them, whole', async () => {
      const store = await open();
      expect(await store.tokens()).toEqual([]);
      const whole = token('a', { expiresAt: 1_800_000_000, uses: 2, used: 1, usedBy: ['ab'] });
      await store.changeTokens((current) => [...current, whole]);
      await store.changeTokens((current) => [...current, token('b')]);
      expect(await store.tokens()).toEqual([whole, token('b')]);
    });

    test('lose no token when several are made at once, and none when a change refuses', async () => {
      const store = await open();
      const add = (id: string) => store.changeTokens((current) => [...current, token(id)]);
      await Promise.all(['a', 'b', 'c'].map(add));
      const refusing = store.changeTokens(() => {
        throw new RangeError('not this one');
      });
      await expect(refusing).rejects.toThrow();
      expect((await store.tokens()).map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
    });

    test('say when each agent was seen last', async () => {
      const store = await open();
      await store.updateAgent('helper_agent_001', () => makeRecord('helper_agent_001'));
      const seen = () => store.lastSeen(['helper_agent_001', 'nobody_agent_001']);
      expect(await seen()).toEqual(new Map());
      for (const at of [7, 9]) {
        await store.noteSeen(['helper_agent_001'], at);
        expect(await seen()).toEqual(new Map([['helper_agent_001', at]]));
      }
    });
  });
}
