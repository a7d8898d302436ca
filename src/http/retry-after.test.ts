import { expect, test } from 'vitest';
import { retryAfterOf } from './retry-after.ts';

const now = Date.parse('Fri, 27 Nov 2026 12:00:00 GMT');

test.each<[string | undefined, number | undefined]>([
  ['30', 30],
  ['0', 0],
  ['Fri, 27 Nov 2026 12:01:00 GMT', 60],
  ['Fri, 27 Nov 2026 11:59:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %s is %s seconds', (said, seconds) => {
  const response = new Response(null, { status: 503, headers: said === undefined ? {} : { 'retry-after': said } });
  expect(retryAfterOf(response, now)).toEqual(seconds === undefined ? {} : { retryAfter: seconds });
});
