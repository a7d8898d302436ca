import { expect, test } from 'vitest';
import { matches } from './packages.mjs';

const locked = {
  '': { version: '0.1.0' },
  'node_modules/hono': { version: '4.13.19' },
  'node_modules/other-platform': { version: '1.0.0', optional: true },
};

test('the packages are in place when every locked one is there in its version', () => {
  expect(matches(locked, { 'node_modules/hono': { version: '4.13.19' } })).toBe(true);
});

test('a missing package is noticed', () => {
  expect(matches(locked, {})).toBe(false);
});

test('another version is noticed', () => {
  expect(matches(locked, { 'node_modules/hono': { version: '4.13.18' } })).toBe(false);
});

test('an optional package of another version is noticed', () => {
  const installed = {
    'node_modules/hono': { version: '4.13.19' },
    'node_modules/other-platform': { version: '0.9.0' },
  };
  expect(matches(locked, installed)).toBe(false);
});
