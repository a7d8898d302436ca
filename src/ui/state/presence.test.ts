import { expect, test } from 'vitest';
import { extentOf, obstacleOf, presenceOf } from './presence.ts';

const active = { status: 'active', online: true } as const;

test.each([
  [active, true, true, 'online', undefined],
  [{ ...active, online: false }, true, true, 'offline', undefined],
  // What the directory said before it could not be asked any more is not known now.
  [active, false, true, 'unknown', 'The directory cannot be asked at the moment.'],
  [{ ...active, status: 'revoked' }, false, true, 'revoked', 'helper was revoked: nobody can talk to it any more.'],
  [{ ...active, status: 'revoked' }, true, true, 'revoked', 'helper was revoked: nobody can talk to it any more.'],
  [undefined, true, true, 'unlisted', 'The directory does not list helper.'],
  [undefined, true, false, 'unknown', undefined],
  [undefined, false, true, 'unknown', 'The directory cannot be asked at the moment.'],
] as const)('an entry %j, current: %s, whole: %s, is “%s”', (entry, isCurrent, isWhole, presence, obstacle) => {
  expect(presenceOf(entry, { isCurrent, isWhole })).toBe(presence);
  expect(obstacleOf('helper', presence, isCurrent)).toBe(obstacle);
});

test.each([
  ['nothing was read', undefined, false, { isWhole: false, mayHaveMore: false }],
  ['a page that is not full is the last one', [1], false, { isWhole: true, mayHaveMore: false }],
  ['a full page may have another one after it', [1, 2], false, { isWhole: false, mayHaveMore: true }],
  ['the entries shown while the next page is read are not all', [1], true, { isWhole: false, mayHaveMore: true }],
] as const)('%s', (_what, data, isPlaceholderData, extent) => {
  expect(extentOf({ data, isPlaceholderData }, 2)).toEqual(extent);
});
