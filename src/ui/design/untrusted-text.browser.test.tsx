import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { hiddenTexts, spelledTexts } from '../../console/testing/untrusted-texts.ts';
import { UntrustedText } from './untrusted-text.tsx';

let root: Root | undefined;

async function shown(text: string): Promise<HTMLElement> {
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(
    <p data-testid="row">
      <span>before</span> <UntrustedText text={text} /> <span>after</span>
    </p>,
  );
  const row = page.getByTestId('row');
  await expect.element(row).toBeInTheDocument();
  const element = row.element();
  if (!(element instanceof HTMLElement)) throw new TypeError('the row is not an element');
  return element;
}

/** Where a text begins in a row, in pixels from the left. */
function leftOf(row: HTMLElement, text: string): number {
  const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const at = node.textContent?.indexOf(text) ?? -1;
    if (at === -1) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + text.length);
    return range.getBoundingClientRect().left;
  }
  throw new TypeError(`the row does not say ${text}`);
}

afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

test.each(hiddenTexts)('a page shows what would act unseen: %j', async (text, shownAs) => {
  const row = await shown(text);
  // A page has lines of its own.
  expect(row.textContent).toBe(`before ${text.includes('\n') ? text : shownAs} after`);
});

test.each(spelledTexts)('a page leaves a text as its script spells it: %s', async (text) => {
  expect((await shown(text)).textContent).toBe(`before ${text} after`);
});

test('letters from right to left turn neither the row around them nor the order of two strings', async () => {
  const row = await shown('{"a": "שלום", "b": "עולם"} → {"c": 5}');
  const order = ['before', '"a"', 'שלום', '"b"', 'עולם', '"c"', 'after'].map((text) => leftOf(row, text));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test('a text from right to left beside what the page says stays in its place', async () => {
  const row = await shown('עולם');
  expect(leftOf(row, 'before')).toBeLessThan(leftOf(row, 'עולם'));
  expect(leftOf(row, 'עולם')).toBeLessThan(leftOf(row, 'after'));
});
