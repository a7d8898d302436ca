import { expect, test } from 'vitest';
import { isForked } from './comparing.ts';

test('a group asks its owner when those that agree are not more than half of who answered', () => {
  const some = (count: number) => Array.from({ length: count }, (_, i) => `agent_00${i}`);
  expect(isForked({ agree: [], differ: [] })).toBe(false);
  expect(isForked({ agree: [], differ: some(1) })).toBe(true);
  expect(isForked({ agree: some(1), differ: some(1) })).toBe(true);
  expect(isForked({ agree: some(2), differ: some(1) })).toBe(false);
  expect(isForked({ agree: some(3), differ: [] })).toBe(false);
});
