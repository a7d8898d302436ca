import { isLoopback } from '../http/server/addresses.ts';

/** Names of this machine that mean the same server on the same port. */
const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Returns every base URL by which agents may name a server in what they sign: `url`, under which it is known, first. Where that
 * is a name of this machine the other names of this machine are its own too: one may open `http://127.0.0.1:4173` in place of
 * `http://localhost:4173`. `family` are the relays of its group, which share one Controller.
 */
export function ownUrls(url: string, family: readonly string[]): readonly string[] {
  const { hostname, protocol, port } = new URL(url);
  const aliases = isLoopback(hostname)
    ? loopbackNames.map((name) => new URL(`${protocol}//${name}${port === '' ? '' : `:${port}`}`).origin)
    : [];
  return [...new Set([url, ...family, ...aliases])];
}

/** Returns the one of `urls` that a request to `host` (the header) was sent to; the first when it is none of them. */
export function urlByHost(urls: readonly string[], host: string | undefined): string {
  return urls.find((url) => new URL(url).host === host?.toLowerCase()) ?? urls[0] ?? '';
}
