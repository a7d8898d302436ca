import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDay,
  formatDuration,
  formatMoment,
  formatRelativeTime,
  formatSize,
  formatTime,
  shortId,
} from './format.ts';

describe('formatDuration', () => {
  test.each([
    [0, '<5 µs'],
    [0.04, '40 µs'],
    [0.9994, '999 µs'],
    [0.9996, '1.0 ms'],
    [1.83, '1.8 ms'],
    [99.94, '99.9 ms'],
    [99.96, '100 ms'],
    [120.4, '120 ms'],
    [999.6, '1.0 s'],
    [59_960, '1 min'],
    [3_599_000, '1 h'],
  ])('%d ms reads %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('what is no duration reads as a dash', () => {
    expect(formatDuration(Number.NaN)).toBe('–');
    expect(formatDuration(-1)).toBe('–');
  });
});

test('sizes are whole bytes with their unit', () => {
  expect(formatBytes(0)).toBe('0 B');
  expect(formatBytes(5530)).toBe('5,530 B');
});

test('the time of day has seconds', () => {
  expect(formatTime(new Date(2026, 10, 23, 4, 2, 9).getTime())).toBe('04:02:09');
});

test('a moment of another day says its day, and of another year its year', () => {
  const now = new Date(2026, 10, 28, 0, 0, 5).getTime();
  expect(formatMoment(new Date(2026, 10, 28, 23, 59, 59).getTime(), now)).toBe('23:59:59');
  expect(formatMoment(new Date(2026, 10, 27, 23, 59, 59).getTime(), now)).toBe('27 Nov, 23:59:59');
  expect(formatMoment(new Date(2026, 11, 5, 4, 2, 9).getTime(), now)).toBe('5 Dec, 04:02:09');
  expect(formatMoment(new Date(2027, 0, 1, 4, 2, 9).getTime(), now)).toBe('1 Jan 2027, 04:02:09');
});

test('a day is named with its weekday and its year, unless it is this one', () => {
  const now = new Date(2026, 10, 28, 0, 0, 5).getTime();
  expect(formatDay(new Date(2026, 10, 28, 12).getTime(), now)).toBe('Today');
  expect(formatDay(new Date(2026, 10, 27, 23, 59, 59).getTime(), now)).toBe('Friday, 27 Nov 2026');
});

describe('formatRelativeTime', () => {
  const now = 1_800_000_000_000;
  test.each([
    [0, 'now'],
    [999, 'now'],
    [-12_000, '12 s ago'],
    [3_599_999, 'in 59 min'],
    [-3_600_000, '1 h ago'],
    [29.5 * 86_400_000, 'in 29 d'],
  ])('%d ms away reads %s', (away, text) => {
    expect(formatRelativeTime(now + away, now)).toBe(text);
  });
});

test('an id is shortened to eight characters', () => {
  expect(shortId('a1b2c3d4e5f60718')).toBe('a1b2c3d4');
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [12_400, '12.4 kB'],
  [1_000_000, '1.0 MB'],
  [5e15, '5000.0 TB'],
])('%d bytes are about %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

test('a count has its unit in the right number', () => {
  expect(formatCount(1, 'exchange')).toBe('1 exchange');
  expect(formatCount(1_234, 'exchange')).toBe('1,234 exchanges');
  expect(formatCount(2, 'entry', 'entries')).toBe('2 entries');
});
