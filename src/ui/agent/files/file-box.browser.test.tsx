import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { GivenFile } from '../../../agent/contracts/files-api.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { FileBox } from './file-box.tsx';
import { FakeFiles } from './testing/fake-files.ts';
import { fileView } from './testing/file-view.ts';

let root: Root | undefined;
let offered: GivenFile[] = [];
beforeEach(async () => {
  offered = [];
  const { offer } = new FakeFiles({
    offer: async (_, file) => {
      offered.push(file);
      if (file.name === 'unread.txt') throw new ParleyError('invalid_input', 'It cannot be read.');
      return fileView();
    },
  });
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(
    <div className="talk-view">
      <p>What was said</p>
      <FileBox peerId="helper_agent_001" offer={offer} offering={() => undefined} />
    </div>,
  );
  await expect.element(page.getByRole('button', { name: 'Send files' })).toBeVisible();
});
afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

const names = () => offered.map(({ name }) => name);
const alert = page.getByRole('alert');

/** Drops on an element what a person dragged; returns true when the browser was left to do what it does by itself. */
function drop(on: Element, files: readonly File[], type = 'drop'): boolean {
  const dataTransfer = new DataTransfer();
  for (const file of files) dataTransfer.items.add(file);
  return on.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
}

const said = () => page.getByText('What was said').element();

test('files that are chosen or dropped are offered in their order, an empty one too', async () => {
  const chosen = [new File(['one'], 'one.txt', { type: 'text/plain' }), new File([], 'empty')];
  await userEvent.upload(page.getByLabelText('Files for helper_agent_001'), chosen);
  await vi.waitFor(() => expect(names()).toEqual(['one.txt', 'empty']));
  expect(offered.map(({ mediaType, blob }) => [mediaType, blob.size])).toEqual([
    ['text/plain', 3],
    ['application/octet-stream', 0],
  ]);
  drop(said(), [], 'dragover');
  expect(drop(said(), [new File(['a'], 'a'), new File(['b'], 'b')])).toBe(false);
  await vi.waitFor(() => expect(names()).toEqual(['one.txt', 'empty', 'a', 'b']));
  await expect.element(alert).not.toBeInTheDocument();
});

test('the conversation shows that it takes what is held over it; beside it nothing is dropped, and the page stays', async () => {
  const place = document.querySelector('.talk-view');
  expect(drop(said(), [new File(['a'], 'a')], 'dragover')).toBe(false);
  expect(place?.hasAttribute('data-holds-files')).toBe(true);
  said().dispatchEvent(new DragEvent('dragleave', { bubbles: true, relatedTarget: document.body }));
  expect(place?.hasAttribute('data-holds-files')).toBe(false);
  expect(drop(document.body, [new File(['a'], 'a')])).toBe(false);
  expect(offered).toEqual([]);
});

test('a folder is refused, and with it everything that was dropped', async () => {
  const folder = new File([], 'photos');
  const entry = vi.spyOn(DataTransferItem.prototype, 'webkitGetAsEntry').mockImplementation(function (
    this: DataTransferItem,
  ) {
    const { name = '' } = this.getAsFile() ?? {};
    const entry = { name, fullPath: `/${name}`, isDirectory: name === 'photos', isFile: name !== 'photos' };
    return { ...entry, filesystem: { name: '', root: undefined }, getParent: () => undefined } as never;
  });
  drop(said(), [new File(['a'], 'a'), folder]);
  await expect.element(alert.filter({ hasText: '“photos” is a folder. Nothing was offered.' })).toBeVisible();
  expect(offered).toEqual([]);
  drop(said(), [new File(['a'], 'a')]);
  await vi.waitFor(() => expect(names()).toEqual(['a']));
  await expect.element(alert).not.toBeInTheDocument();
  entry.mockRestore();
});

test('more than 20 files at once are refused', async () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => new File(['x'], `${at}.txt`));
  drop(said(), many(21));
  await expect.element(alert.filter({ hasText: '21 files at once are too many. Nothing was offered.' })).toBeVisible();
  expect(offered).toEqual([]);
  drop(said(), many(20));
  await vi.waitFor(() => expect(offered).toHaveLength(20));
});

test('one that cannot be offered is named with the reason, and the others are offered', async () => {
  drop(said(), [new File(['a'], 'unread.txt'), new File(['b'], 'b')]);
  await expect.element(alert.filter({ hasText: 'It cannot be read.' })).toBeVisible();
  await expect.element(page.getByText('“unread.txt” was not offered.')).toBeVisible();
  await vi.waitFor(() => expect(names()).toEqual(['unread.txt', 'b']));
});
