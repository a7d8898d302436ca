import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { FoldedText } from './folded-text.tsx';

let root: Root | undefined;

async function shown(text: string): Promise<() => string | null | undefined> {
  const area = document.body.appendChild(document.createElement('div'));
  root = createRoot(area);
  root.render(<FoldedText text={text} />);
  await expect.poll(() => area.querySelector('pre'), { timeout: 10_000 }).not.toBeNull();
  return () => area.querySelector('pre')?.textContent;
}

afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}`).join('\n');

test('a text of 12 lines is shown whole, line by line', async () => {
  const text = await shown(lines(12));
  expect(text()).toBe(lines(12));
  expect(page.getByRole('button').elements()).toEqual([]);
});

test('of a text of 13 lines 12 are shown until all are asked for, and again afterwards', async () => {
  const text = await shown(lines(13));
  expect(text()).toBe(lines(12));
  await page.getByText('Show all 13 lines').click();
  await expect.poll(text, { timeout: 10_000 }).toBe(lines(13));
  await page.getByText('Show less').click();
  await expect.poll(text, { timeout: 10_000 }).toBe(lines(12));
});

test('one long line is folded too', async () => {
  const text = await shown('word '.repeat(1_000));
  expect(text()?.length).toBeLessThan(2_100);
  await page.getByText('Show all 5000 characters').click();
  await expect.poll(text, { timeout: 10_000 }).toBe('word '.repeat(1_000));
});

test('what would turn the text or act unseen is shown in its place', async () => {
  const text = await shown('pay \u202e005 to\u0007 me\u200b');
  expect(text()).toBe('pay \\u202e005 to\\u0007 me\\u200b');
});
