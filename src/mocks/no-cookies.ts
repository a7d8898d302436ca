/**
 * Stands in for `tough-cookie` in the built page: MSW's cookie jar weighs, with its list of public suffixes, more than the rest of
 * MSW. The mock network carries no cookies, so nothing ever has to be stored or found.
 */
export class CookieJar {
  /** Returns no cookies. */
  getCookiesSync(): readonly [] {
    return [];
  }

  /** Stores nothing. */
  async setCookie(): Promise<void> {}
}

/** A store that is always empty: MSW writes down what is in `idx`. */
export class MemoryCookieStore {
  idx = {};
}

/** What MSW reads stored cookies with. Returns none. */
export const Cookie = { fromJSON: (): undefined => undefined };
