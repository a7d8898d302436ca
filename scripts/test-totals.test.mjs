import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closingLine, playwrightTotals, sum, vitestTotals } from './test-totals.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-totals-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** @param {object} content */
function report(content) {
  const path = join(folder, 'report.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}

test("Vitest's report: a file that could not be loaded is one failure", () => {
  const path = report({
    numPassedTests: 7,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 0,
    testResults: [
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'failed', assertionResults: [] },
    ],
  });
  expect(vitestTotals(path)).toEqual({ passed: 7, failed: 2, skipped: 2 });
});

test("Playwright's report", () => {
  const path = report({ stats: { expected: 5, unexpected: 2, flaky: 0, skipped: 1 } });
  expect(playwrightTotals(path)).toEqual({ passed: 5, failed: 2, skipped: 1 });
});

test('a stage that was not reached counts nothing', () => {
  expect(playwrightTotals(join(folder, 'absent.json'))).toEqual({ passed: 0, failed: 0, skipped: 0 });
});

test('the closing line adds the runners up', () => {
  const totals = sum([
    { passed: 7, failed: 0, skipped: 2 },
    { passed: 5, failed: 0, skipped: 1 },
  ]);
  expect(closingLine(totals, true)).toBe('Tests: 12 passed, 0 failed, 3 skipped');
});

test('the closing line of a run that a check ended does not say that nothing failed', () => {
  expect(closingLine({ passed: 0, failed: 0, skipped: 0 }, false)).toBe('Tests: 0 passed, 1 failed, 0 skipped');
});
