const built: unknown = import.meta.env.PARLEY_VERSION;

/** The version of Parley that the page was built from; `unknown` where the build does not say. */
export const version = typeof built === 'string' ? built : 'unknown';
