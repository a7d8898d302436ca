import { afterEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { makeOneStop } from './one-stop.ts';

let end = () => {};
afterEach(() => {
  end();
  document.body.replaceChildren();
});

const rowOf = (name: string) => `<li data-row><a href="#${name}">${name}</a><button>act on ${name}</button></li>`;

/** Shows a list of `names` between two buttons. */
function showList(names: readonly string[], start: 'first' | 'last'): HTMLElement {
  document.body.innerHTML = `<button>before</button><ul>${names.map(rowOf).join('')}</ul><button>after</button>`;
  const list = document.querySelector('ul');
  if (list === null) throw new TypeError('There is no list.');
  end = makeOneStop(list, { rows: '[data-row]', start });
  document.querySelector('button')?.focus();
  return list;
}

const focused = () => document.activeElement?.textContent;

/** Presses Tab until the button after the list has the focus; returns what had it on the way. */
async function tabThrough(): Promise<(string | null | undefined)[]> {
  const way: (string | null | undefined)[] = [];
  for (let stop = 0; stop < 20; stop += 1) {
    await userEvent.tab();
    if (focused() === 'after') return way;
    way.push(focused());
  }
  throw new RangeError(`Twenty stops, and no end: ${way.join(', ')}`);
}

test('Tab goes through one row of a list, however long it is', async () => {
  showList(['a', 'b', 'c', 'd'], 'first');
  expect(await tabThrough()).toEqual(['a', 'act on a']);
});

test('a list that grows at its end is entered at its end, also when a row was added', async () => {
  const list = showList(['a', 'b'], 'last');
  list.insertAdjacentHTML('beforeend', rowOf('c'));
  await expect.poll(() => list.querySelectorAll('[tabindex="-1"]').length).toBe(4);
  expect(await tabThrough()).toEqual(['c', 'act on c']);
});

test('arrows, Home and End move between rows, and Tab goes on within the row', async () => {
  showList(['a', 'b', 'c'], 'first');
  await userEvent.tab();
  await userEvent.keyboard('{ArrowDown}');
  expect(focused()).toBe('b');
  await userEvent.tab();
  expect(focused()).toBe('act on b');
  await userEvent.keyboard('{End}');
  expect(focused()).toBe('c');
  await userEvent.keyboard('{ArrowDown}');
  expect(focused()).toBe('c');
  await userEvent.keyboard('{Home}');
  expect(focused()).toBe('a');
});

test('what is shown is where Tab enters, and a row to write in is never skipped', async () => {
  const list = showList(['a', 'b', 'c'], 'first');
  list.children[1]?.setAttribute('data-shown', '');
  list.insertAdjacentHTML(
    'beforeend',
    '<li data-row><textarea aria-label="answer"></textarea><button>Answer</button></li>',
  );
  await expect.poll(() => list.querySelectorAll('[tabindex="-1"]').length).toBe(4);
  expect(await tabThrough()).toEqual(['b', 'act on b', '', 'Answer']);
});

test('a row of words alone or with disabled controls is passed by, and checkboxes are gone through by arrows', async () => {
  document.body.innerHTML = `<button>before</button><ul>
    <li data-row>words</li>
    <li data-row><label><input type="checkbox" disabled>off</label></li>
    <li data-row><input type="checkbox" aria-label="one"></li>
    <li data-row><input type="checkbox" aria-label="two"></li>
  </ul>`;
  const list = document.querySelector('ul');
  if (list === null) throw new TypeError('There is no list.');
  end = makeOneStop(list, { rows: '[data-row]', start: 'first' });
  document.querySelector('button')?.focus();
  await userEvent.tab();
  expect(document.activeElement?.getAttribute('aria-label')).toBe('one');
  await userEvent.keyboard('{ArrowDown}');
  expect(document.activeElement?.getAttribute('aria-label')).toBe('two');
});
