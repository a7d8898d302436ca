/**
 * Returns the base URL that `text` is: an http or https origin, with or without a slash at its end, as the origin itself. Undefined when
 * it is none.
 */
export function parseBaseUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  return text === url.origin || text === `${url.origin}/` ? url.origin : undefined;
}

/** Returns a URL without the slashes at its end, so that a path can be put behind it. */
export function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
