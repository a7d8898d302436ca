/**
 * Returns the base URL that `text` is: an http or https origin, with or without a slash at its end, as the origin itself. Undefined when
 * it is none.
 */
export function parseBaseUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  return text === url.origin || text === `${url.origin}/` ? url.origin : undefined;
}

/**
 * Returns why a text is not the base URL of a server, in words that come after its name and repeat no password; undefined when it is
 * one, also in another spelling than that of browsers.
 */
export function baseUrlFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return 'is no base URL such as https://parley.example';
  if (url.username !== '' || url.password !== '') return 'names a user or a password, which a base URL has not';
  if (/[?#]/.test(text)) return 'has a query or a fragment, which a base URL has not';
  if (url.pathname === '/') return undefined;
  return `has the path ${url.pathname}: a path prefix is not supported. Parley needs a host name or a port of its own, such as https://parley.example`;
}

/** Returns a URL without the slashes at its end, so that a path can be put behind it. */
export function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
