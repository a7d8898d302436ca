import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { FileView } from '../../../agent/contracts/file-views.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { FileRow } from './file-row.tsx';
import { FakeFiles } from './testing/fake-files.ts';
import { fileView } from './testing/file-view.ts';

let root: Root | undefined;
afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

/** Draws a file as it stands; again for another state of it. */
function shower(calls = new FakeFiles()) {
  root = createRoot(document.body.appendChild(document.createElement('div')));
  const show = (file: FileView) =>
    root?.render(
      <ol>
        <FileRow file={file} ownId="traveller_agent_001" obstacle="peer" calls={calls} />
      </ol>,
    );
  return { show, calls };
}

const row = page.getByRole('listitem');
const button = (name: string) => page.getByRole('button', { name, exact: true });

/** A PNG of one pixel whose header says another size. */
function png(width = 1, height = 1): Uint8Array<ArrayBuffer> {
  const text = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  if (width !== 1) view.setUint32(16, width);
  if (height !== 1) view.setUint32(20, height);
  return bytes;
}

test('an offer is decided on; while it moves it can be paused and cancelled, and the keyboard stays in the row', async () => {
  const { show, calls } = shower();
  const file = fileView();
  show(file);
  await expect
    .element(row.filter({ hasText: 'helper_agent_001 offers this file. Nothing has been sent yet.' }))
    .toBeVisible();
  await expect.element(button('Decline report.pdf')).toBeVisible();
  await button('Accept report.pdf').click();
  show({ ...file, status: 'moving', moved: 50_000_000, rate: 12_500_000 });
  await expect.element(button('Pause report.pdf')).toHaveFocus();
  await expect.element(row.filter({ hasText: '50.0 MB of 200.0 MB · 12.5 MB/s · 12 s left' })).toBeVisible();
  await expect
    .element(page.getByRole('progressbar', { name: 'Progress of report.pdf' }))
    .toHaveAttribute('max', '200000000');
  await userEvent.keyboard('{Enter}');
  show({ ...file, status: 'paused', pausedBy: 'here', moved: 50_000_000 });
  await button('Resume report.pdf').click();

  await button('Cancel report.pdf').click();
  await expect
    .element(page.getByRole('dialog').filter({ hasText: 'The 50.0 MB that have come are deleted here.' }))
    .toBeVisible();
  await page.getByRole('button', { name: 'Cancel the file' }).click();
  await vi.waitFor(() => expect(calls.made).toEqual(['accept', 'pause', 'resume', 'cancel']));
});

test('whoever the other side has stopped does not resume it, and an offer that is not decided on is cancelled at once', async () => {
  const { show, calls } = shower();
  show(fileView({ status: 'paused', pausedBy: 'there', moved: 1, direction: 'outgoing' }));
  await expect.element(row.filter({ hasText: 'helper_agent_001 paused it.' })).toBeVisible();
  await expect.element(button('Resume report.pdf')).not.toBeInTheDocument();
  show(fileView({ direction: 'outgoing' }));
  await expect.element(row.filter({ hasText: 'helper_agent_001 has not decided yet.' })).toBeVisible();
  await expect.element(button('Accept report.pdf')).not.toBeInTheDocument();
  await button('Cancel report.pdf').click();
  await vi.waitFor(() => expect(calls.made).toEqual(['cancel']));
});

test('a call that fails says so in the row', async () => {
  const { show } = shower(
    new FakeFiles({ accept: () => Promise.reject(new ParleyError('storage_full', 'There is no room for it.')) }),
  );
  show(fileView());
  await button('Accept report.pdf').click();
  await expect.element(page.getByRole('alert').filter({ hasText: 'There is no room for it.' })).toBeVisible();
});

test('one that has come shows its hash, whole where it is asked for, and is saved as bytes of no type', async () => {
  const opened: Blob[] = [];
  vi.stubGlobal('showSaveFilePicker', undefined);
  const urls = vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    if (blob instanceof Blob) opened.push(blob);
    return 'blob:none';
  });
  const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  const { show, calls } = shower(new FakeFiles({ open: async () => new Blob(['<html>'], { type: 'text/html' }) }));
  const hash = 'LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=';
  show(fileView({ name: 'page.html', mediaType: 'text/html', size: 6, moved: 6, status: 'whole', hash }));
  await expect.element(row.filter({ hasText: '✓ hash equal on both sides' })).toBeVisible();
  await expect.element(page.getByText(hash)).not.toBeInTheDocument();
  await button('hash LCa0a2j/xo…').click();
  await expect.element(page.getByText(hash)).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Copy hash' })).toBeVisible();
  await button('Save page.html').click();
  await expect.element(row.filter({ hasText: 'The browser saves it among its downloads.' })).toBeVisible();
  expect(opened.map(({ type, size }) => [type, size])).toEqual([['application/octet-stream', 6]]);
  expect(clicked.mock.instances).toHaveLength(1);
  urls.mockRestore();
  clicked.mockRestore();
  vi.unstubAllGlobals();
  await button('Remove page.html').click();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await vi.waitFor(() => expect(calls.made.at(-1)).toBe('remove'));
});

test('a browser that can ask where to save is asked first, and whoever does not want to is told nothing', async () => {
  const written: Uint8Array[] = [];
  const order: string[] = [];
  const place = {
    createWritable: async () => new WritableStream<Uint8Array>({ write: (piece) => void written.push(piece) }),
  };
  const picker = vi.fn(async ({ suggestedName }: { suggestedName: string }) => {
    order.push(`asked for ${suggestedName}`);
    return place;
  });
  vi.stubGlobal('showSaveFilePicker', picker);
  const { show } = shower(
    new FakeFiles({
      open: async () => {
        order.push('opened');
        return new Blob(['whole']);
      },
    }),
  );
  show(fileView({ status: 'whole', size: 20_000_000, moved: 20_000_000 }));
  await button('Save report.pdf').click();
  await expect.element(row.filter({ hasText: 'Saved.' })).toBeVisible();
  expect(order).toEqual(['asked for report.pdf', 'opened']);
  expect(await new Blob(written.map((piece) => new Uint8Array(piece))).text()).toBe('whole');
  picker.mockRejectedValue(new DOMException('The user aborted a request.', 'AbortError'));
  await button('Save report.pdf').click();
  await vi.waitFor(() => expect(picker).toHaveBeenCalledTimes(2));
  await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
  vi.unstubAllGlobals();
});

test.each([
  ['image/png', png()],
  ['text/html', png()],
])('bytes of a PNG are shown as a picture, also when they are called %s', async (mediaType, bytes) => {
  const revoked = vi.spyOn(URL, 'revokeObjectURL');
  const { show } = shower(new FakeFiles({ open: async () => new Blob([bytes], { type: mediaType }) }));
  show(fileView({ name: 'dot.png', mediaType, status: 'whole', size: bytes.length, moved: bytes.length }));
  const picture = page.getByRole('img', { name: 'dot.png' });
  await expect.element(picture).toBeVisible();
  const image = picture.element();
  if (!(image instanceof HTMLImageElement)) throw new TypeError('A picture is an img.');
  await vi.waitFor(() => expect(revoked).toHaveBeenCalledWith(image.src));
  expect(image.naturalWidth).toBe(1);
  revoked.mockRestore();
});

test.each([
  ['an SVG', new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')],
  ['HTML', new TextEncoder().encode('<!doctype html><script>alert(1)</script>')],
  ['a PDF', new TextEncoder().encode('%PDF-1.7')],
])('%s is never shown, whatever its type says', async (_, bytes) => {
  const made = vi.spyOn(URL, 'createObjectURL');
  let reads = 0;
  const open = async () => {
    reads += 1;
    return new Blob([bytes], { type: 'image/png' });
  };
  const { show } = shower(new FakeFiles({ open }));
  show(fileView({ mediaType: 'image/png', status: 'whole', size: bytes.length, moved: bytes.length }));
  await vi.waitFor(() => expect(reads).toBe(1));
  await expect.element(button('Save report.pdf')).toBeVisible();
  expect(document.querySelector('img, canvas, iframe, object, embed')).toBeNull();
  expect(made).not.toHaveBeenCalled();
  made.mockRestore();
});

test('an image of very many pixels is not decoded, and a large file is not read', async () => {
  const { show } = shower(new FakeFiles({ open: async () => new Blob([png(50_000, 50_000)]) }));
  show(fileView({ name: 'bomb.png', status: 'whole', size: 70, moved: 70 }));
  await expect.element(row.filter({ hasText: '2,500,000,000 pixels are too many to show here.' })).toBeVisible();
  expect(document.querySelector('img')).toBeNull();
  const open = vi.fn(async () => new Blob([png()]));
  root?.unmount();
  const large = shower(new FakeFiles({ open }));
  large.show(fileView({ status: 'whole', size: 10_485_761, moved: 10_485_761 }));
  await expect.element(button('Save report.pdf')).toBeVisible();
  expect(open).not.toHaveBeenCalled();
});

test('a name stays in its place in the row whatever it holds, and its ending stays to be seen', async () => {
  const { show } = shower();
  const frame = document.body.firstElementChild;
  if (!(frame instanceof HTMLElement)) throw new TypeError('The row is in a frame.');
  Object.assign(frame.style, { width: '390px', container: 'talk / inline-size' });
  for (const name of [
    `${'very long '.repeat(30)}name.tar.gz`,
    `${'\u05d3\u05d5\u05d7 '.repeat(40)}.pdf`,
    'photo\u202egnp.exe',
  ]) {
    show(fileView({ name }));
    await vi.waitFor(() => expect(document.querySelector('.file-name')?.getAttribute('title')).toBe(name));
    const shown = document.querySelector('.file-name');
    const ending = document.querySelector('.file-name-ending');
    if (shown === null || ending === null) throw new TypeError('The row shows its name.');
    const outer = shown.getBoundingClientRect();
    const inner = ending.getBoundingClientRect();
    expect(outer.right).toBeLessThanOrEqual(frame.getBoundingClientRect().right);
    expect(inner.left).toBeGreaterThanOrEqual(outer.left - 1);
    expect(inner.right).toBeLessThanOrEqual(outer.right + 1);
    expect(shown.textContent).not.toContain('\u202e');
  }
  await expect.element(row.filter({ hasText: 'photo\\u202egnp.exe' })).toBeVisible();
});
