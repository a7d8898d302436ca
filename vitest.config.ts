import { availableParallelism } from 'node:os';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumLaunchOptions } from './scripts/chromium.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** True in `npm run test:slow`: a test that tries a sample elsewhere tries everything. */
    readonly exhaustive: boolean;
  }
}

/** Tests in Node that start programs, servers or NATS, or try so much that they take long. `npm run test:unit` leaves them out. */
const beyondUnits = [
  'src/cli/**',
  'src/http/server/**',
  'src/lab/**',
  'src/library/**',
  'src/relay/server/**',
  'src/server/**',
  'src/storage/nats/**',
  'src/**/{age-tool,openssl}.test.ts',
  'src/agent/**/{alterations,audit,backup,client-confirm,directory,handler-results,history,idempotency}.test.ts',
  'src/agent/**/{key-updates,renewal,resumption,resumption-race,retention,revocation,same-moment}.test.ts',
  'src/agent/**/{request-ids,session-resumer,told-to-peers,verified-peers,weak-keys}.test.ts',
  'src/storage/{earlier-versions,file/agent-store}.test.ts',
  'scripts/house/**',
];

const browserTests = 'src/**/*.browser.test.{ts,tsx}';

/** Every wait is bounded, and none by less than what a machine at ten times its load needs: making RSA keys takes seconds there. */
const patience = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 60_000 } },
  setupFiles: ['scripts/patient-waits.mjs'],
};

export default defineConfig({
  test: {
    // Many tests wait for a server or a timer: one worker more than there are cores keeps all cores busy.
    maxWorkers: availableParallelism() + 1,
    provide: { exhaustive: process.env.PARLEY_EXHAUSTIVE === '1' },
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.mjs'],
          exclude: [browserTests, ...(process.env.PARLEY_UNIT === '1' ? beyondUnits : [])],
          ...patience,
          globalSetup: ['scripts/rsa-pairs/stock.mjs'],
          setupFiles: [...patience.setupFiles, 'scripts/rsa-pairs/in-vitest.mjs'],
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
          ...patience,
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
