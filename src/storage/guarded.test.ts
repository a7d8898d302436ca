import { describe, expect, test } from 'vitest';
import { ParleyError } from '../protocol/errors.ts';
import { guarded } from './guarded.ts';

const thrown = (cause: unknown) => guarded(() => Promise.reject(cause));

describe('what a storage throws', () => {
  test.each([
    ['a browser’s quota', new DOMException('', 'QuotaExceededError')],
    ['SQLite', Object.assign(new Error(), { code: 'ERR_SQLITE_ERROR', errcode: 13 })],
    ['a file system', Object.assign(new Error(), { code: 'ENOSPC' })],
  ])('is storage_full when %s has no room', async (_of, cause) => {
    await expect(thrown(cause)).rejects.toMatchObject({ code: 'storage_full', cause });
  });

  test.each([
    ['another error of a browser', new DOMException('', 'UnknownError')],
    ['another error of SQLite', Object.assign(new Error(), { errcode: 10 })],
    ['what is no error', 'QuotaExceededError'],
  ])('is storage_failed after %s', async (_of, cause) => {
    await expect(thrown(cause)).rejects.toMatchObject({ code: 'storage_failed', cause });
  });

  test('is storage_blocked where the browser lets the site store nothing', async () => {
    const cause = new DOMException('', 'SecurityError');
    await expect(thrown(cause)).rejects.toMatchObject({ code: 'storage_blocked', cause });
  });

  test.each([
    ['InvalidStateError', 'closed the stored data'],
    ['AbortError', 'aborted a write'],
    ['VersionError', 'newer version of Parley'],
    ['NotFoundError', 'is missing'],
    ['DataError', 'is damaged'],
    ['UnknownError', 'Check that storage is allowed'],
  ])('of the name %s says what happened', async (name, words) => {
    await expect(thrown(new DOMException('', name))).rejects.toThrow(words);
  });

  test('of another realm is known by its name', async () => {
    await expect(thrown({ name: 'QuotaExceededError' })).rejects.toMatchObject({ code: 'storage_full' });
  });

  test('passes when it is of the family already', async () => {
    const error = new ParleyError('agent_in_use', 'Another has it.');
    await expect(thrown(error)).rejects.toBe(error);
  });
});
