import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Fold } from './fold.tsx';

Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', true);

let end = () => {};
afterEach(() => end());

/** Opens what is folded away in a narrow part of the page, and returns the boxes of its button and of itself. */
async function openFold() {
  const host = document.body.appendChild(document.createElement('div'));
  host.className = 'workspace';
  host.style.cssText = 'container: workspace / inline-size; width: 300px; height: 200px';
  const root = createRoot(host);
  await act(() => root.render(<Fold label="Menu">What is folded away</Fold>));
  end = () => {
    act(() => root.unmount());
    host.remove();
  };
  const content = page.getByText('What is folded away');
  const button = page.getByRole('button', { name: 'Menu' });
  await expect.element(content).not.toBeVisible();
  await userEvent.click(button);
  await expect.element(content).toBeVisible();
  return { box: content.element().getBoundingClientRect(), button: button.element().getBoundingClientRect() };
}

test('what is folded away opens under its button', async () => {
  const { box, button } = await openFold();
  expect(box.top).toBeCloseTo(button.bottom, 0);
  expect(box.left).toBeCloseTo(button.left, 0);
});

test('in a browser that cannot place it there, it opens in the middle of the window', async () => {
  const rules = document.querySelector<HTMLStyleElement>('style[data-vite-dev-id$="/fold.css"]');
  if (rules === null) throw new TypeError('The rules of a fold are not in the page.');
  const { textContent } = rules;
  rules.textContent = textContent.replaceAll('position-area', 'position-unknown');
  try {
    const { box } = await openFold();
    expect(box.left + box.width / 2).toBeCloseTo(innerWidth / 2, 0);
    expect(box.top + box.height / 2).toBeCloseTo(innerHeight / 2, 0);
  } finally {
    rules.textContent = textContent;
  }
});
