import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/** The scripts of the mock network's service worker: MSW's own, of the installed version, and the one in front of it. */
const scripts: readonly (readonly [url: string, file: string])[] = [
  ['/mockServiceWorker.js', createRequire(import.meta.url).resolve('msw/mockServiceWorker.js')],
  ['/parley-network.js', fileURLToPath(new URL('../src/mocks/parley-network.js', import.meta.url))],
];

/** Serves the mock network's service worker, and adds it to a build that is not for a real server. */
export function mockServiceWorker(): Plugin {
  return {
    name: 'parley:mock-service-worker',
    configureServer(server) {
      for (const [url, file] of scripts) {
        server.middlewares.use(url, async (_request, response, next) => {
          try {
            response.setHeader('content-type', 'text/javascript');
            response.setHeader('cache-control', 'no-cache');
            response.end(await readFile(file));
          } catch (error) {
            next(error);
          }
        });
      }
    },
    async generateBundle() {
      const { consumer, mode } = this.environment.config;
      if (consumer !== 'client' || mode === 'production') return;
      for (const [url, file] of scripts) {
        this.emitFile({ type: 'asset', fileName: url.slice(1), source: await readFile(file) });
      }
    },
  };
}
