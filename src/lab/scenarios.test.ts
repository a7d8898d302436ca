import { expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';
import { KeyPool } from './key-pool.ts';

const keys = new KeyPool();

for (const scenario of catalogue) {
  test(scenario.info.title, async () => {
    const attempts = await scenario.run({ keys, progress: () => undefined, report: () => undefined });
    expect(attempts.length).toBeGreaterThan(0);
    for (const { title, verdict } of attempts) {
      expect({ title, ...verdict }).toMatchObject({ title, outcome: verdict.expected });
      if (verdict.expected === 'refused')
        expect({ title, by: verdict.refusal?.by }).not.toMatchObject({ by: 'attacker' });
    }
  }, 60_000);
}
