import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumLaunchOptions } from './scripts/chromium.mjs';

const browserTests = 'src/**/*.browser.test.{ts,tsx}';

export default defineConfig({
  test: {
    testTimeout: 120_000,
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.mjs'],
          exclude: [browserTests],
          testTimeout: 120_000,
        },
      },
      {
        // Every package is prepared before the first test: one found later makes Vite reload the page under a test.
        optimizeDeps: { entries: [browserTests, 'src/**/*.worker.ts', 'src/mocks/start.ts'] },
        test: {
          name: 'browser',
          // The keyboard is with one page at a time, and one that is behind is hardly drawn.
          fileParallelism: false,
          include: [browserTests],
          testTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumLaunchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
