import { expect, test } from 'vitest';
import { baseUrlFault, parseBaseUrl, withoutTrailingSlash } from './base-url.ts';

test.each([
  ['https://parley.example', 'https://parley.example'],
  ['https://parley.example/', 'https://parley.example'],
  ['http://localhost:4173', 'http://localhost:4173'],
  ['http://[::1]:4173/', 'http://[::1]:4173'],
])('%s is a base URL', (text, base) => {
  expect(parseBaseUrl(text)).toBe(base);
});

test.each([
  '',
  'parley.example',
  'ftp://parley.example',
  'https://parley.example//',
  'https://parley.example/app',
  'https://parley.example?a',
  'https://person@parley.example',
  'HTTPS://parley.example',
  ' https://parley.example',
])('“%s” is no base URL', (text) => {
  expect(parseBaseUrl(text)).toBeUndefined();
});

test.each([
  ['https://example.org/parley/', 'has the path /parley/: a path prefix is not supported'],
  ['https://example.org/?a', 'has a query or a fragment'],
  ['https://example.org#', 'has a query or a fragment'],
  ['https://user:hunter2@example.org/parley', 'names a user or a password'],
  ['example.org', 'is no base URL'],
  ['https://example.org//', 'has the path //'],
])('%s is refused: it %s', (text, words) => {
  expect(baseUrlFault(text)).toContain(words);
  expect(baseUrlFault(text)).not.toContain('hunter2');
});

test.each(['https://Parley.Example', 'https://parley.example:443/'])('%s has no fault but its spelling', (text) => {
  expect(baseUrlFault(text)).toBeUndefined();
});

test('a path can be put behind a URL whose slashes at the end are taken away', () => {
  expect(withoutTrailingSlash('https://parley.example//')).toBe('https://parley.example');
  expect(withoutTrailingSlash('https://parley.example/app')).toBe('https://parley.example/app');
});
