import { expect, test } from 'vitest';
import type { FilePage } from '../../../agent/contracts/file-views.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { FileList } from './file-list.ts';
import { fileView } from './testing/file-view.ts';

/** Ten files with ids and times from 1 to 10, in pages of three, the newest first. */
async function pages(from = '10'): Promise<FilePage> {
  const ids = [Number(from), Number(from) - 1, Number(from) - 2].filter((id) => id > 0);
  const next = Number(from) - 3;
  return { files: ids.map((id) => fileView({ id: `${id}`, at: id })), ...(next > 0 ? { next: `${next}` } : {}) };
}

const ids = ({ store }: FileList) => store.getState().files.map(({ id }) => Number(id));

test('reads as far back as is shown, and no page twice', async () => {
  const list = new FileList(pages);
  await list.reach();
  expect(ids(list)).toEqual([8, 9, 10]);
  await list.reach(6);
  expect(ids(list)).toEqual([5, 6, 7, 8, 9, 10]);
  await list.reach(6);
  await list.reach(Number.NEGATIVE_INFINITY);
  expect(ids(list)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(list.store.getState().hasOlder).toBe(false);
});

test('what is heard while a page is read is newer than the page', async () => {
  const page = Promise.withResolvers<FilePage>();
  const list = new FileList(() => page.promise);
  const reading = list.reach();
  list.put(fileView({ id: '2', at: 2, status: 'whole' }));
  list.put(fileView({ id: '3', at: 3 }));
  list.remove(['1']);
  page.resolve({ files: [3, 2, 1, 0].map((at) => fileView({ id: `${at}`, at, status: 'moving' })) });
  await reading;
  expect(ids(list)).toEqual([0, 2, 3]);
  expect(list.store.getState().files[1]?.status).toBe('whole');
});

test('a file that is older than what was read comes with its page, not alone', async () => {
  const list = new FileList(pages);
  await list.reach();
  list.put(fileView({ id: '4', at: 4, status: 'whole' }));
  expect(ids(list)).toEqual([8, 9, 10]);
  list.put(fileView({ id: '9', at: 9, status: 'whole' }));
  list.put(fileView({ id: '11', at: 11 }));
  expect(ids(list)).toEqual([8, 9, 10, 11]);
  expect(list.store.getState().files[1]?.status).toBe('whole');
  await list.reach(4);
  expect(ids(list)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(list.store.getState().files[2]?.status).toBe('whole');
});

test('says why files could not be read, until they can', async () => {
  let isThere = false;
  const list = new FileList(async (from) => {
    if (!isThere) throw new ParleyError('storage_failed', 'The disk does not answer.');
    return pages(from);
  });
  await list.reach();
  expect(list.store.getState().failure?.code).toBe('storage_failed');
  isThere = true;
  await list.reach();
  expect(list.store.getState()).toMatchObject({ hasOlder: true });
  expect(list.store.getState().failure).toBeUndefined();
});
