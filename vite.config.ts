import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { mockServiceWorker } from './scripts/mock-service-worker.ts';
import { contentSecurityPolicy } from './src/server/web/security-headers.ts';

/** Isolation from other pages gives the page and its workers a clock that can tell microseconds apart. */
const headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** The policy that a server sends, without trusted types: the mock's service worker loads its own parts by name. */
const policyOfMock = contentSecurityPolicy.replace(/; require-trusted-types-for.*$/, '');

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));

export default defineConfig(({ mode }) => ({
  plugins: [react(), mockServiceWorker()],
  resolve: {
    alias: [
      { find: /^tough-cookie$/, replacement: fileURLToPath(new URL('./src/mocks/no-cookies.ts', import.meta.url)) },
    ],
  },
  define: { 'import.meta.env.PARLEY_VERSION': JSON.stringify(version) },
  worker: { format: 'es' },
  // Without the workers, Vite would find their packages only when they start, and then reload the page under the agent.
  optimizeDeps: { entries: ['index.html', 'src/**/*.worker.ts'] },
  // The app that a server serves, and the one whose network stays in the browser.
  build: {
    target: 'es2024',
    sourcemap: true,
    outDir: mode === 'production' ? 'dist/app' : 'dist/mock',
    assetsInlineLimit: 0,
  },
  server: { port: 5173, headers },
  preview: { host: 'localhost', port: 4173, headers: { ...headers, 'content-security-policy': policyOfMock } },
}));
