/** Returns each value that is not empty once, in alphabetical order. */
export function distinct(values: Iterable<string>): readonly string[] {
  return [...new Set(values)].filter((value) => value !== '').sort();
}
