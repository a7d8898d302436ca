import { ParleyError } from '../protocol/errors.ts';

const reloadedKey = 'parley:reloaded';
/** Milliseconds that a new service worker may take until it controls the page. */
const patienceMs = 10_000;

/**
 * Resolves once the service worker at `url` controls this page. A hard reload gives a page no controller; then the page
 * is loaded again, once. Rejects with `network_unavailable` when that did not help.
 */
export async function takeControl(url: string): Promise<void> {
  const registration = await navigator.serviceWorker.register(url);
  if (await isControlled(registration)) {
    sessionStorage.removeItem(reloadedKey);
    return;
  }
  if (sessionStorage.getItem(reloadedKey) !== null) {
    sessionStorage.removeItem(reloadedKey);
    throw new ParleyError(
      'network_unavailable',
      'The browser bypasses this page’s service worker. Switch that off in its developer tools, then reload.',
    );
  }
  sessionStorage.setItem(reloadedKey, 'once');
  location.reload();
  await new Promise<never>(() => undefined);
}

function isControlled(registration: ServiceWorkerRegistration): Promise<boolean> {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller !== null) return Promise.resolve(true);
  if (registration.active?.state === 'activated') return Promise.resolve(false);
  return new Promise((resolve) => {
    serviceWorker.addEventListener('controllerchange', () => resolve(true), { once: true });
    setTimeout(() => resolve(false), patienceMs);
  });
}
