import { ParleyError } from '../../protocol/errors.ts';
import { isLoopback } from './addresses.ts';

/** Whose pages may call an HTTP server, and by which names it may be called. */
export interface Callers {
  /** Base URL under which it is known. */
  readonly url: string;
  /** True when it listens on this machine alone, or is known by a name of this machine. */
  readonly isLocal: boolean;
  /** True when it speaks TLS itself. */
  readonly isTls: boolean;
  /** Base URLs that belong together with it: relays of its group, an agent's Controller. */
  readonly family: () => readonly string[];
  /** Origins that its operator has named; `*` stands for all. */
  readonly named: readonly string[];
}

/** The headers of a request that say where it comes from. */
export interface CallHeaders {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
}

/**
 * Returns the refusal of a request that a page may not send, or undefined. A browser names the page's origin in `Origin` or,
 * without CORS, its relation in `Sec-Fetch-Site` (Fetch Metadata); other programs name nothing and are not refused. A local
 * server also refuses names in `Host` that are not its own, which is how DNS rebinding comes: `wrong_recipient`. A page of
 * another origin: `not_permitted`.
 */
export function refusalOf(callers: Callers, headers: CallHeaders): ParleyError | undefined {
  if (callers.isLocal && !isOwnName(callers, headers.host)) {
    return new ParleyError(
      'wrong_recipient',
      'This server was called by a name that is not its own. Use the address that it printed, or give it this one with --url.',
    );
  }
  const { origin, secFetchSite } = headers;
  const isFromElsewhere =
    origin === undefined
      ? secFetchSite === 'cross-site' || secFetchSite === 'same-site'
      : !mayCall(callers, origin, headers.host);
  if (!isFromElsewhere) return undefined;
  return new ParleyError(
    'not_permitted',
    'Pages of this origin may not call this server. Its operator can allow them with --allow-origin.',
  );
}

/** True when the operator has named this origin itself: only then pages of public sites may call a machine nearby. */
export function isNamed({ named }: Callers, origin: string | undefined): boolean {
  return origin !== undefined && named.includes(origin);
}

function mayCall(callers: Callers, origin: string, host: string | undefined): boolean {
  const { url, family, named, isLocal, isTls } = callers;
  // A local server's name was looked at: a page whose address has the same name and port is its own.
  const isSame = isLocal && origin === `${isTls ? 'https' : 'http'}://${host}`;
  return isSame || origin === url || named.includes('*') || named.includes(origin) || family().includes(origin);
}

function isOwnName({ url, family }: Callers, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return isLoopback(hostname) || [url, ...family()].some((known) => new URL(known).hostname === hostname);
}
