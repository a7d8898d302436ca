import type { BrowserContext } from '@playwright/test';

/**
 * Lets the agents of a context make their RSA keys themselves, as they do outside of the tests. Elsewhere the built app
 * is served with workers that take pairs made before.
 */
export async function makeOwnKeys(context: BrowserContext): Promise<void> {
  await context.route(/\/engine\.worker-[^/]*\.js$/, (route, request) =>
    route.continue({ url: `${request.url()}?makes-its-keys` }),
  );
}
