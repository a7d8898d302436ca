import { expect, test } from 'vitest';
import { shortcutKey } from './shortcut-key.ts';

test.each([
  ['a plain letter', 'g', 'KeyG', 'g'],
  ['Caps Lock', 'T', 'KeyT', 't'],
  ['Dvorak, where another key says t', 't', 'KeyK', 't'],
  ['Russian', 'п', 'KeyG', 'g'],
  ['Russian with Caps Lock', 'Е', 'KeyT', 't'],
  ['Greek', 'γ', 'KeyG', 'g'],
  ['a backtick', '`', 'Backquote', '`'],
  ['a backtick of a Mac’s international keyboard', '`', 'IntlBackslash', '`'],
  ['a backtick that is a dead key', 'Dead', 'Backquote', '`'],
  ['a dead key of a Spanish keyboard', 'Dead', 'BracketLeft', '`'],
  ['the Russian letter at its place', 'ё', 'Backquote', '`'],
  ['the key of a Japanese keyboard that turns the input method on', 'Zenkaku', 'Backquote', 'Zenkaku'],
  ['a slash above the digits', '/', 'Digit7', '/'],
  ['a letter outside the Latin places', 'ö', 'Semicolon', 'ö'],
])('%s', (_, key, code, named) => {
  expect(shortcutKey({ key, code })).toBe(named);
});
