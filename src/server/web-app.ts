import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { compress } from 'hono/compress';

/** The built web app: its files, and its one page under every other path. */
export function createWebApp(folder: string): Hono {
  const app = new Hono();
  app.use(compress());
  app.use('/assets/*', async (c, next) => {
    await next();
    // Names of built files change with their content.
    if (c.res.ok) c.res.headers.set('cache-control', 'public, max-age=31536000, immutable');
  });
  app.use(serveStatic({ root: folder }));
  app.get('/assets/*', (c) => c.notFound());
  app.get('*', async (c, next) => {
    c.header('cache-control', 'no-cache');
    return serveStatic({ root: folder, path: 'index.html' })(c, next);
  });
  return app;
}
