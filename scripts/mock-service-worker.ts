import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

const url = '/mockServiceWorker.js';

/** Serves MSW's own service worker script, of the installed version, at `/mockServiceWorker.js`, and adds it to the build. */
export function mockServiceWorker(): Plugin {
  const script = createRequire(import.meta.url).resolve('msw/mockServiceWorker.js');
  return {
    name: 'parley:mock-service-worker',
    configureServer(server) {
      server.middlewares.use(url, async (_request, response, next) => {
        try {
          response.setHeader('content-type', 'text/javascript');
          response.setHeader('cache-control', 'no-cache');
          response.end(await readFile(script));
        } catch (error) {
          next(error);
        }
      });
    },
    async generateBundle() {
      if (this.environment.config.consumer !== 'client') return;
      this.emitFile({ type: 'asset', fileName: url.slice(1), source: await readFile(script) });
    },
  };
}
