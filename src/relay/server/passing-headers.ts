/** Headers of an HTTP message that pass a relay; everything else stays there. */
const passing = new Set(['accept', 'content-type', 'cache-control', 'retry-after']);

/** Returns those of `headers` that a relay forwards, their names in lowercase. */
export function passingHeaders(headers: readonly (readonly [string, string])[]): [string, string][] {
  return headers.flatMap(([name, value]): [string, string][] => {
    const lower = name.toLowerCase();
    return passing.has(lower) ? [[lower, value]] : [];
  });
}
