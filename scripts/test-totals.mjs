import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */

/**
 * Counts of Vitest's JSON report. A file that failed without a failing test (it could not be loaded) counts as one.
 *
 * @param {string} path nothing is counted when there is no such file
 * @returns {Totals}
 */
export function vitestTotals(path) {
  const report = read(path);
  if (report === undefined) return none;
  const brokenFiles = report.testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * Counts of Playwright's JSON report.
 *
 * @param {string} path nothing is counted when there is no such file
 * @returns {Totals}
 */
export function playwrightTotals(path) {
  const report = read(path);
  if (report === undefined) return none;
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected + flaky, failed: unexpected, skipped };
}

/**
 * @param {readonly Totals[]} parts
 * @returns {Totals}
 */
export function sum(parts) {
  return parts.reduce(
    (all, part) => ({
      passed: all.passed + part.passed,
      failed: all.failed + part.failed,
      skipped: all.skipped + part.skipped,
    }),
    none,
  );
}

/**
 * The last line of `npm test`. When something other than a test failed (a check, the build), that is one failure.
 *
 * @param {Totals} totals
 * @param {boolean} succeeded
 */
export function closingLine({ passed, failed, skipped }, succeeded) {
  const failures = succeeded ? failed : Math.max(failed, 1);
  return `Tests: ${passed} passed, ${failures} failed, ${skipped} skipped`;
}

/** @type {Totals} */
const none = { passed: 0, failed: 0, skipped: 0 };

/** @param {string} path */
function read(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
