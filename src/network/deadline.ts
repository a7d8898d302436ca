/** Milliseconds that a request may take when its sender does not say: longer than a person has to answer. */
export const defaultDeadlineMs = 100_000;
