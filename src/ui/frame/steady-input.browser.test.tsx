import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { steadyInput } from './steady-input.ts';

let stop: () => void;
let sent: number;

beforeEach(() => {
  sent = 0;
  document.body.innerHTML =
    '<form><input aria-label="line"><textarea aria-label="text"></textarea><button>Send</button></form>';
  const form = document.forms[0];
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    sent += 1;
  });
  form?.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.ctrlKey) form.requestSubmit();
  });
  stop = steadyInput();
});

afterEach(() => {
  stop();
  document.body.replaceChildren();
});

test('a double click presses a button once, and two clicks twice', async () => {
  await userEvent.dblClick(page.getByText('Send'));
  expect(sent).toBe(1);
  await userEvent.click(page.getByText('Send'));
  expect(sent).toBe(2);
});

test('a second click of a double click does not press what has come under it', async () => {
  page
    .getByText('Send')
    .element()
    .addEventListener('click', (event) => {
      event.preventDefault();
      const confirm = document.createElement('button');
      confirm.textContent = 'Send';
      confirm.type = 'submit';
      (event.target as Element | null)?.replaceWith(confirm);
    });
  await userEvent.dblClick(page.getByText('Send'));
  expect(sent).toBe(0);
});

test.each([
  ['Ctrl+Enter in a text', 'text', '{Control>}{Enter>8/}{/Control}'],
  ['Enter in a line', 'line', '{Enter>8/}'],
])('a held %s sends once', async (_, field, keys) => {
  await userEvent.click(page.getByLabelText(field));
  await userEvent.keyboard(keys);
  expect(sent).toBe(1);
});

test('a held Enter on a button presses it once', async () => {
  const button = page.getByText('Send').element();
  if (button instanceof HTMLElement) button.focus();
  await userEvent.keyboard('{Enter>8/}');
  expect(sent).toBe(1);
});

test('a held Enter breaks lines in a text, and a held letter writes', async () => {
  await userEvent.click(page.getByLabelText('text'));
  await userEvent.keyboard('{Enter>3/}{a>3/}');
  expect(page.getByLabelText('text').element()).toHaveProperty('value', '\n\n\naaa');
});

test.each([{ isComposing: true }, { keyCode: 229 }])('a key that composes a character acts on nothing: %j', (mark) => {
  const field = page.getByLabelText('text').element();
  const composing = new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true, ...mark });
  field.dispatchEvent(composing);
  expect(sent).toBe(0);
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true }));
  expect(sent).toBe(1);
});
