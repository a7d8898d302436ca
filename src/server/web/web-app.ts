import { serveStatic } from '@hono/node-server/serve-static';
import { type Context, Hono } from 'hono';
import { isPage } from '../../http/pages.ts';
import { RecentFiles } from './recent-files.ts';

/**
 * Creates the built web app: its files, and its one page at every path of the app. Nothing is compressed here: `.br`
 * and `.gz` beside a file are sent in its place to whoever takes them. A browser that comes to another path gets 404
 * with the page, which says so; everybody else the error of the API.
 */
export function createWebApp(folder: string): Hono {
  const app = new Hono();
  const file = { root: folder, precompressed: true };
  const recent = new RecentFiles();
  const page = recent.before(serveStatic({ ...file, path: 'index.html' }), 'index.html');
  app.use(async (c, next) => {
    await next();
    if (!c.res.ok) return;
    // Names of built files change with their content; everything else is asked for again.
    const isBuilt = c.req.path.startsWith('/assets/');
    c.res.headers.set('cache-control', isBuilt ? 'public, max-age=31536000, immutable' : 'no-cache');
    await notModified(c);
  });
  // What is packed is no file of the app.
  app.get('/*', async (c, next) => (/\.(br|gz)$/.test(c.req.path) ? c.notFound() : next()));
  app.use(recent.before(serveStatic(file)));
  app.get('/assets/*', (c) => c.notFound());
  app.get('*', async (c, next) => {
    const isFound = isPage(c.req.path);
    if (!isFound && c.req.header('accept')?.includes('text/html') !== true) return c.notFound();
    const answer = await page(c, next);
    if (answer === undefined || isFound) return answer;
    return new Response(answer.body, {
      status: 404,
      headers: { ...Object.fromEntries(answer.headers), 'cache-control': 'no-store' },
    });
  });
  return app;
}

/** Returns the ETag of a file: it changes with its time, its size and its encoding. */
function tagOf(headers: Headers): string {
  const time = Date.parse(headers.get('last-modified') ?? '').toString(36);
  return `"${[time, headers.get('content-length'), headers.get('content-encoding') ?? 'plain'].join('-')}"`;
}

/** Answers 304 without a body when the client has this very content (RFC 9110, section 13.1.2). */
async function notModified(c: Context): Promise<void> {
  const { status, body, headers } = c.res;
  if (status !== 200) return;
  const own = tagOf(headers);
  headers.set('etag', own);
  const known = c.req
    .header('if-none-match')
    ?.split(',')
    .map((text) => text.trim().replace(/^W\//, ''));
  if (known === undefined || !known.some((one) => one === own || one === '*')) return;
  await body?.cancel();
  const kept = [...headers].filter(([name]) => !['content-length', 'content-type', 'content-encoding'].includes(name));
  // Hono would take over the headers of the answer before.
  c.res = undefined;
  c.res = new Response(null, { status: 304, headers: kept });
}
