import { expect, test } from 'vitest';
import { lockRefusal } from './lock-refusal.ts';

test.each([
  ['TimeoutError', 'agent_in_use'],
  ['AbortError', 'agent_in_use'],
  ['SecurityError', 'storage_blocked'],
  ['InvalidStateError', 'internal_error'],
])('a lock that was refused with %s is %s', (name, code) => {
  const cause = new DOMException('', name);
  expect(lockRefusal(cause)).toMatchObject({ code, cause });
});
