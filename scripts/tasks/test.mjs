import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilds } from '../build.mjs';
import { ensureChromium } from '../ensure-chromium.mjs';
import { ensureTools, everyTestCanRun } from '../ensure-tools.mjs';
import { cache, inProject } from '../places.mjs';
import { Stop, say } from '../say.mjs';
import { runNode } from '../spawn.mjs';
import { closingLine, playwrightTotals, sum, vitestTotals } from '../test-totals.mjs';
import { run as check } from './check.mjs';

const vitestReport = join(cache, 'vitest.json');
const playwrightReport = join(cache, 'playwright.json');

/** What `npm test` does, in this order; the first stage that fails ends it. */
const stages = [check, ensureChromium, ensureTools, unitTests, ensureBuilds, endToEndTests];

/** Runs every stage and closes with one line that counts all tests. */
export async function run() {
  mkdirSync(cache, { recursive: true });
  for (const report of [vitestReport, playwrightReport]) rmSync(report, { force: true });
  const ended = await untilOneFails();
  const totals = sum([vitestTotals(vitestReport), playwrightTotals(playwrightReport)]);
  const isSkippedInVain = process.env.CI !== undefined && totals.skipped > 0 && everyTestCanRun();
  if (isSkippedInVain) say(`Tests were skipped, although all that they need is here. ${cache} has the reports.`);
  const code = isSkippedInVain ? 1 : ended;
  process.stdout.write(`\n${closingLine(totals, code === 0)}\n`);
  return code;
}

async function untilOneFails() {
  try {
    for (const stage of stages) await stage();
    return 0;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    return 1;
  }
}

async function unitTests() {
  say('Running all tests in Node, and those of single parts in Chromium ...');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`];
  const code = await runNode([inProject('node_modules/vitest/vitest.mjs'), 'run', ...reporters]);
  if (code !== 0) throw new Stop('A unit, property or vector test failed. It is named above.');
}

async function endToEndTests() {
  say(
    'Running the end-to-end tests against the built app and real servers, in Chromium; the main job and histories of MLS in Firefox and WebKit too ...',
  );
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport };
  const code = await runNode([inProject('node_modules/@playwright/test/cli.js'), 'test'], { env });
  if (code !== 0) throw new Stop('An end-to-end test failed. It is named above.');
}
