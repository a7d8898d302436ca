/** Returns after how many seconds whoever refused says that it may be tried again (RFC 9110, section 10.2.3); `now` is in milliseconds. */
export function retryAfterOf({ headers }: Response, now: number): { readonly retryAfter?: number } {
  const said = headers.get('retry-after') ?? '';
  const seconds = /^\d+$/.test(said) ? Number(said) : (Date.parse(said) - now) / 1_000;
  return Number.isNaN(seconds) ? {} : { retryAfter: Math.max(0, seconds) };
}
