import * as v from 'valibot';

const answer = v.object({ relays: v.pipe(v.array(v.pipe(v.string(), v.url())), v.minLength(1)) });
const mockWorker = '/parley-network.js';

let known: readonly string[] | undefined;

/** Returns the relays that share this server's agents, the server itself first. */
export function relays(): readonly string[] {
  return known ?? [location.origin];
}

/** Asks the server for the relays of its group. One that does not answer is taken to be alone. */
export async function findRelays(): Promise<void> {
  // Where the browser allows no service workers there is none to retire.
  retireMockWorker().catch(() => undefined);
  try {
    const { relays: all } = v.parse(answer, await (await fetch('/relay')).json());
    known = [location.origin, ...all.filter((relay) => relay !== location.origin)];
  } catch {
    known = [location.origin];
  }
}

/** Removes the service worker that carried a mock network for this origin. */
async function retireMockWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  for (const registration of await navigator.serviceWorker.getRegistrations()) {
    const worker = registration.active ?? registration.waiting ?? registration.installing;
    if (worker?.scriptURL.endsWith(mockWorker) === true) await registration.unregister();
  }
}
