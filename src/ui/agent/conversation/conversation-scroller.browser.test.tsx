import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { exchange } from '../exchange/testing/exchange.ts';
import { ConversationScroller } from './conversation-scroller.tsx';

Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', true);

const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** A conversation in a box of 200 pixels, whose rows are 20 pixels high but for those that `heights` names. */
function conversation(target?: string) {
  const host = document.createElement('div');
  host.innerHTML =
    '<style>.conversation { height: 200px; overflow-y: auto; overflow-anchor: none } .narrow > * { padding-top: 30px }</style>';
  const place = document.createElement('div');
  host.append(place);
  document.body.append(host);
  const root = createRoot(place);
  afterEach(() => host.remove());
  const show = (sequences: readonly number[], heights: Readonly<Record<number, number>> = {}, goesOn = false) =>
    act(async () =>
      root.render(
        <ConversationScroller
          exchanges={sequences.map((sequence) => exchange(sequence))}
          goesOn={goesOn}
          isBusy={false}
          {...(target === undefined ? {} : { target })}
        >
          {sequences.map((sequence) => (
            <div
              key={sequence}
              className="exchange"
              data-sequence={sequence}
              tabIndex={-1}
              style={{ height: heights[sequence] ?? 20 }}
            />
          ))}
        </ConversationScroller>,
      ),
    );
  const element = (selector: string) => {
    const found = host.querySelector(selector);
    if (!(found instanceof HTMLElement)) throw new TypeError(`There is no ${selector}.`);
    return found;
  };
  const box = () => element('.conversation');
  const row = (sequence: number) => element(`[data-sequence="${sequence}"]`);
  const topOf = (sequence: number) => row(sequence).getBoundingClientRect().top - box().getBoundingClientRect().top;
  const isAtEnd = () => box().scrollTop + box().clientHeight === box().scrollHeight;
  return { show, box, row, topOf, isAtEnd };
}

/** Until the page has been drawn, and has said where it was scrolled to. */
const nextFrame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

test('the end stays in view as exchanges are added, however high, and others fall away above', async () => {
  const { show, isAtEnd } = conversation();
  await show([]);
  await show(rows(1, 50));
  expect(isAtEnd()).toBe(true);
  await show(rows(2, 51), { 51: 500 });
  expect(isAtEnd()).toBe(true);
  await show(rows(3, 52), { 51: 500, 52: 150 });
  expect(isAtEnd()).toBe(true);
});

test('a reader in the middle stays there, whatever comes and goes above and below', async () => {
  const { show, box, topOf } = conversation();
  await show(rows(101, 200));
  box().scrollTop = 610;
  const before = topOf(140);
  for (const [from, to] of [
    [1, 200],
    [1, 150],
    [20, 230],
    [130, 230],
    [131, 231],
  ] as const) {
    await show(rows(from, to));
    expect(topOf(140)).toBe(before);
  }
  await show(rows(120, 231), { 121: 300 });
  expect(topOf(140)).toBe(before);
  await show(rows(120, 231), { 121: 20, 230: 300 });
  expect(topOf(140)).toBe(before);
});

test('a reader who begins to scroll away from the end is not taken back by what changes nothing', async () => {
  const { show, box, isAtEnd } = conversation();
  await show(rows(1, 50));
  box().scrollTop -= 40;
  const before = box().scrollTop;
  await show(rows(1, 50));
  expect(box().scrollTop).toBe(before);
  await show(rows(1, 51));
  expect(isAtEnd()).toBe(true);
});

test('the end of what was read is not the end of a conversation that goes on', async () => {
  const { show, box, topOf } = conversation();
  await show(rows(1, 59), {}, true);
  box().scrollTop = box().scrollHeight;
  const before = topOf(55);
  await show(rows(1, 159), {}, true);
  expect(topOf(55)).toBe(before);
  box().scrollTop = box().scrollHeight;
  const later = topOf(155);
  await show(rows(1, 200));
  expect(topOf(155)).toBe(later);
});

test('the end stays in view when the window gets lower or narrower', async () => {
  const { show, box, isAtEnd } = conversation();
  await show(rows(1, 50), { 50: 60 });
  box().style.height = '90px';
  await expect.poll(isAtEnd, { timeout: 10_000 }).toBe(true);
  box().style.width = '50px';
  box().classList.add('narrow');
  await expect.poll(isAtEnd, { timeout: 10_000 }).toBe(true);
  expect(box().scrollHeight).toBeGreaterThan(2_000);
});

test('the end stays in view also when an exchange comes before the lower window has been drawn', async () => {
  const { show, box, isAtEnd } = conversation();
  await show(rows(1, 50));
  await nextFrame();
  box().style.height = '90px';
  await show(rows(1, 51));
  expect(isAtEnd()).toBe(true);
});

test('a reader in the middle stays there when the window gets narrower', async () => {
  const { show, box, topOf } = conversation();
  await show(rows(1, 50));
  box().scrollTop = 410;
  await expect.poll(() => topOf(21), { timeout: 10_000 }).toBe(-10);
  await nextFrame();
  box().style.width = '50px';
  box().classList.add('narrow');
  await expect.poll(() => topOf(21), { timeout: 10_000 }).toBe(-10);
});

test('what the address leads to comes into view and has the keyboard, once, as soon as it is there', async () => {
  const { show, box, row, topOf } = conversation('[data-sequence="30"]');
  await show(rows(101, 200));
  expect(document.activeElement).toBe(document.body);
  await show(rows(1, 100));
  expect(document.activeElement).toBe(row(30));
  expect(topOf(30)).toBe(90);
  await show(rows(6, 59));
  expect(topOf(30)).toBe(90);
  box().scrollTop = 600;
  const before = topOf(45);
  await show(rows(1, 59));
  expect(topOf(45)).toBe(before);
});

test('what is led to gets the keyboard when it comes, but takes it from nobody who writes by then', async () => {
  for (const writes of [false, true]) {
    const { show, row, topOf } = conversation('[data-sequence="30"]');
    await show(rows(1, 20));
    const field = document.body.appendChild(document.createElement('textarea'));
    if (writes) field.focus();
    await show(rows(1, 60));
    expect(topOf(30), 'in view').toBeLessThan(200);
    expect(document.activeElement).toBe(writes ? field : row(30));
    field.remove();
  }
});
