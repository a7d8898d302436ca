import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import type { Json } from '../../agent/contracts/views.ts';
import { JsonText } from './json-text.tsx';
import type { MarkedWord } from './marked-ranges.ts';

let root: Root | undefined;

async function shown(value: Json, words: readonly MarkedWord[] = []): Promise<HTMLElement> {
  const area = document.body.appendChild(document.createElement('div'));
  root = createRoot(area);
  root.render(<JsonText value={value} words={words} />);
  await expect.poll(() => area.querySelector('pre'), { timeout: 10_000 }).not.toBeNull();
  return area;
}

afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

const long = 'a'.repeat(100_000);

test('of one long line a part is shown until all of it is asked for', async () => {
  const area = await shown(long);
  expect(area.querySelector('pre')?.textContent).toBe(`"${'a'.repeat(19_999)}…`);
  await page.getByText('Show all 100002 characters').click();
  await expect.poll(() => area.querySelector('pre')?.textContent, { timeout: 10_000 }).toBe(`"${long}"`);
});

test('of one long line the part is shown where the words stand', async () => {
  const area = await shown([long, `${long} lighthouse ${long}`], [{ text: 'lighthouse', isPrefix: false }]);
  await expect.element(page.getByText('lighthouse', { exact: true })).toBeInTheDocument();
  const text = area.querySelector('pre')?.textContent ?? '';
  expect(text.length).toBeLessThanOrEqual(20_002);
  expect(text.startsWith('…a')).toBe(true);
});

test('of many lines those around the words are shown', async () => {
  const area = await shown(
    Array.from({ length: 40 }, (_, at) => `line ${at}`),
    [{ text: '20', isPrefix: false }],
  );
  expect(area.querySelector('pre')?.textContent).toMatch(/^…\n {2}"line 19",\n {2}"line 20",\n/);
  await page.getByText('Show all 42 lines').click();
  await expect.poll(() => area.querySelector('pre')?.textContent, { timeout: 10_000 }).toContain('"line 39"');
});

test('what is short is shown whole', async () => {
  const area = await shown({ a: [1, 2] });
  expect(area.textContent).toBe('{"a": [1, 2]}');
});
