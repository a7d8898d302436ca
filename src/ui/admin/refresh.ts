/** Milliseconds after which what the server says is asked for again. */
export const refreshMs = 10_000;
