const longest = 256;

/** True for an http or https base URL without credentials, query, fragment or trailing slash. */
export function isAgentAddress(text: string): boolean {
  if (text.length > longest || text.endsWith('/')) return false;
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash, pathname, origin } = new URL(text);
  const canonical = pathname === '/' ? origin : origin + pathname;
  const isPlain = username === '' && password === '' && search === '' && hash === '';
  return (protocol === 'https:' || protocol === 'http:') && isPlain && canonical === text;
}
