import { expect, test } from 'vitest';
import { parseBaseUrl, withoutTrailingSlash } from './base-url.ts';

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

test('a path can be put behind a URL whose slashes at the end are taken away', () => {
  expect(withoutTrailingSlash('https://parley.example//')).toBe('https://parley.example');
  expect(withoutTrailingSlash('https://parley.example/app')).toBe('https://parley.example/app');
});
