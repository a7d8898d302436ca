import { defineConfig, devices } from '@playwright/test';
import { firefoxLaunchOptions, hasFirefox } from './e2e/browsers/firefox.ts';
import { hasWebKit } from './e2e/browsers/webkit-driver.ts';
import { chromiumLaunchOptions } from './scripts/chromium.mjs';

const port = Number(process.env.PARLEY_TEST_PORT ?? 4183);
/** Milliseconds of a test in a browser that is slower to start, to make keys and to be driven than Chromium. */
const slowBrowserMs = 300_000;
const report = process.env.PLAYWRIGHT_JSON_OUTPUT_FILE;

const chromium = { ...devices['Desktop Chrome'], launchOptions: chromiumLaunchOptions() };

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Two for the pages, and one for what talks to real servers, which mostly waits.
  workers: 3,
  retries: 0,
  timeout: 180_000,
  // Making RSA keys takes seconds on a busy machine, and a peer is called unreachable after up to 20 s of retries.
  expect: { timeout: 45_000 },
  forbidOnly: true,
  reporter: report === undefined ? 'list' : [['list'], ['json', { outputFile: report }]],
  use: {
    baseURL: `http://localhost:${port}`,
    trace: 'off',
  },
  projects: [
    // First, for some of its tests take a minute of waiting.
    { name: 'real-network', testMatch: '**/e2e/real/*.spec.ts', workers: 1, use: chromium },
    // Where a browser is not installed its run is left out; scripts/ensure-tools.mjs says so.
    ...(hasFirefox
      ? [
          {
            name: 'firefox',
            timeout: slowBrowserMs,
            workers: 1,
            testMatch: '**/e2e/browsers/**/firefox.spec.ts',
            use: { browserName: 'firefox', channel: 'moz-firefox', launchOptions: firefoxLaunchOptions } as const,
          },
        ]
      : []),
    ...(hasWebKit
      ? [{ name: 'webkit', timeout: slowBrowserMs, workers: 1, testMatch: '**/e2e/browsers/**/webkit.spec.ts' }]
      : []),
    { name: 'chromium', testIgnore: ['**/e2e/browsers/**', '**/e2e/real/**'], workers: 2, use: chromium },
  ],
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --config e2e/preview.config.ts --mode mock --port ${port} --strictPort`,
    url: `http://localhost:${port}`,
    reuseExistingServer: false,
  },
});
