import { withoutTrailingSlash } from '../../http/base-url.ts';
import { ParleyError } from '../../protocol/errors.ts';

/**
 * Two Web Locks stand for an address: `parley:address:…` says which tab owns it and can be stolen; `parley:host:…` belongs
 * to one host alone and says that it listens. Both are freed by the browser when the tab closes or crashes.
 */
const ownerPrefix = 'parley:address:';
const hostPrefix = 'parley:host:';
const uuidLength = 36;

/**
 * Returns an address without what does not distinguish it: origin and path, no slash at the end. Throws
 * `invalid_input`.
 */
export function normalAddress(address: string): string {
  if (!URL.canParse(address)) throw new ParleyError('invalid_input', 'An address is a URL, such as https://host:port.');
  const { origin, pathname } = new URL(address);
  return withoutTrailingSlash(origin + pathname);
}

/** Returns the name of the lock of the tab that owns a normal address. */
export function ownerLockName(address: string): string {
  return ownerPrefix + address;
}

/** Returns the name of the lock of one host of a normal address. */
export function hostLockName(hostId: string, address: string): string {
  return `${hostPrefix}${hostId}:${address}`;
}

/** A host that listens just now. */
export interface LiveHost {
  readonly hostId: string;
  readonly address: string;
  readonly lockName: string;
}

/** Returns every host that listens, in any tab of this origin. */
export async function liveHosts(): Promise<readonly LiveHost[]> {
  const { held = [] } = await navigator.locks.query();
  return held.flatMap(({ name = '', mode }) => {
    // A share of it is held by who waits for a host and just learned that it is gone.
    if (mode !== 'exclusive' || !name.startsWith(hostPrefix)) return [];
    const hostId = name.slice(hostPrefix.length, hostPrefix.length + uuidLength);
    return [{ hostId, address: name.slice(hostPrefix.length + uuidLength + 1), lockName: name }];
  });
}

/** True when `url` lies under a normal address. */
export function isUnder(url: string, address: string): boolean {
  return normalAddress(url).startsWith(`${address}/`);
}
