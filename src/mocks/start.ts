import { setupWorker } from 'msw/browser';
import { ParleyError } from '../protocol/errors.ts';
import { handlers } from './handlers.ts';
import { takeControl } from './service-worker.ts';

const workerUrl = '/parley-network.js';

let started: Promise<void> | undefined;

/**
 * Starts to carry this page's requests: to agents in other tabs, and to the Controller in this one. Await it before the
 * first request. Reloads the page once when the browser loaded it past its service worker. Rejects with
 * `network_unavailable` where the browser allows no service workers. Calling it again is harmless, and a new try after a
 * failure.
 */
export function startMockNetwork(): Promise<void> {
  started ??= start().catch((error: unknown) => {
    started = undefined;
    throw error;
  });
  return started;
}

async function start(): Promise<void> {
  if (!('serviceWorker' in navigator)) {
    throw new ParleyError(
      'network_unavailable',
      'This browser allows no service workers here. Open the page over https or on localhost, and not in a private window.',
    );
  }
  try {
    await takeControl(workerUrl);
    await setupWorker(...handlers).start({
      serviceWorker: { url: workerUrl },
      quiet: true,
      onUnhandledFrame: 'bypass',
    });
  } catch (cause) {
    if (cause instanceof ParleyError) throw cause;
    throw new ParleyError(
      'network_unavailable',
      'The service worker that forwards messages did not start. Allow this site to store data, then reload.',
      { cause },
    );
  }
}
