import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { handOutRsaPairs } from './hand-out.mjs';
import { RsaPairs, setup } from './stock.mjs';

/** The workers that make RSA keys. */
const worker = /^\/assets\/(?:engine|lab)\.worker-[^/]*\.js$/;
const pairPath = '/test-rsa-pair';

const script = `(${handOutRsaPairs})(async (bits) => {
  const answer = await fetch(\`${pairPath}?bits=\${bits}\`);
  return answer.status === 200 ? answer.json() : undefined;
});
`;

/** Serves the built app for the tests, with workers that take their RSA pairs from the stock of this server. */
export function readyRsaPairs(): Plugin {
  return {
    name: 'parley:ready-rsa-pairs',
    async configurePreviewServer({ middlewares, config }) {
      await setup();
      const pairs = new RsaPairs();
      middlewares.use(async (request, response, next) => {
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
        const isPair = pathname === pairPath;
        // A test that wants an agent to make its keys itself asks for the worker as it is.
        if (!isPair && (!worker.test(pathname) || searchParams.has('makes-its-keys'))) return next();
        for (const [name, value] of Object.entries(config.preview.headers)) response.setHeader(name, String(value));
        response.setHeader('cache-control', 'no-store');
        try {
          if (isPair) {
            const pair = pairs.next(Number(searchParams.get('bits')));
            response.statusCode = pair === undefined ? 204 : 200;
            response.setHeader('content-type', 'application/json');
            response.end(pair && JSON.stringify(pair));
          } else {
            const source = await readFile(join(config.root, config.build.outDir, pathname), 'utf8');
            response.setHeader('content-type', 'text/javascript');
            response.end(script + source);
          }
        } catch (error) {
          next(error);
        }
      });
    },
  };
}
