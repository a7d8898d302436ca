/** Returns the member at `path` (names joined by `.`) of a JSON text, as text; undefined when there is none. */
export function memberAt(body: string, path: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = new Map<string, unknown>(Object.entries(value)).get(name);
  }
  return value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
}
