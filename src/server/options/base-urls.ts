import * as v from 'valibot';

/** Returns why a text is not the base URL of a server, in words that come after its name; undefined when it is one. */
function faultOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return 'is no base URL such as https://parley.example';
  if (url.username !== '' || url.password !== '') return 'names a user or a password, which a base URL has not';
  if (/[?#]/.test(text)) return 'has a query or a fragment, which a base URL has not';
  if (url.pathname === '/') return undefined;
  return `has the path ${url.pathname}: a path prefix is not supported. Give Parley a host name or a port of its own, such as https://parley.example`;
}

/** Schema of a base URL: scheme, host and port, with or without a slash at its end. Its value is spelled as browsers spell an origin. */
export const baseUrl = v.pipe(
  v.string(),
  v.check(
    (text) => faultOf(text) === undefined,
    ({ input }) => faultOf(String(input)) ?? '',
  ),
  v.transform((text) => new URL(text).origin),
);
