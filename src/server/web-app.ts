import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { compress } from 'hono/compress';

/** The built web app: its files, and its one page under every other path. */
export function createWebApp(folder: string): Hono {
  const app = new Hono();
  app.use(compress());
  app.use(async (c, next) => {
    await next();
    // Names of built files change with their content; everything else is asked for again.
    const isBuilt = c.req.path.startsWith('/assets/') && c.res.ok;
    c.res.headers.set('cache-control', isBuilt ? 'public, max-age=31536000, immutable' : 'no-cache');
  });
  app.use(serveStatic({ root: folder }));
  app.get('/assets/*', (c) => c.notFound());
  app.get('*', serveStatic({ root: folder, path: 'index.html' }));
  return app;
}
