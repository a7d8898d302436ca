import { describe, expect, test } from 'vitest';
import { safetyNumber } from './safety-number.ts';

const { subtle } = crypto;
const helper = { agentId: 'helper_agent_001', signingSpki: Uint8Array.of(1, 2, 3) };
const traveller = { agentId: 'traveller_agent_001', signingSpki: Uint8Array.of(4, 5, 6) };

describe('the safety number', () => {
  test('is 60 digits, the same from both sides', async () => {
    const number = await safetyNumber(subtle, helper, traveller);
    expect(number).toMatch(/^\d{60}$/);
    expect(await safetyNumber(subtle, traveller, helper)).toBe(number);
  });

  test('changes in the half of the agent whose key or name changes, and only there', async () => {
    const number = await safetyNumber(subtle, helper, traveller);
    const half = (text: string, index: 0 | 1) => text.slice(30 * index, 30 * index + 30);
    for (const [changed, other, index] of [
      [{ ...helper, signingSpki: Uint8Array.of(1, 2, 4) }, traveller, 0],
      [{ ...helper, agentId: 'helper_agent_002' }, traveller, 0],
      [{ ...traveller, signingSpki: Uint8Array.of(4, 5) }, helper, 1],
    ] as const) {
      const now = await safetyNumber(subtle, changed, other);
      expect(half(now, index)).not.toBe(half(number, index));
      expect(half(now, index === 0 ? 1 : 0)).toBe(half(number, index === 0 ? 1 : 0));
    }
  });
});
