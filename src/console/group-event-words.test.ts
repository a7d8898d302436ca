import { expect, test } from 'vitest';
import { namesOf } from './agent-names.ts';
import { eventWords } from './group-event-words.ts';

test.each([
  [[], 'nobody'],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c', 'd'], 'a, b, c and d'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c, d and e'],
  [['a', 'b', 'c', 'd', 'e', 'f'], 'a, b, c, d and 2 others'],
])('lists %j as %j', (names, text) => {
  expect(namesOf(names)).toBe(text);
});

test('each thing that happens is one sentence that says who did it', () => {
  const by = 'traveller_agent_001';
  expect(eventWords({ by, what: { kind: 'added', who: ['a', 'b'] } })).toBe(`${by} added a and b`);
  expect(eventWords({ by, what: { kind: 'removed', who: ['a'], because: 'revoked' } })).toBe(
    `${by} removed a: its certificate was revoked`,
  );
  expect(eventWords({ by, what: { kind: 'left', who: ['a'] } })).toBe('a left');
  expect(eventWords({ by, what: { kind: 'skipped', code: 'not_an_admin' } })).toContain('not_an_admin');
});
