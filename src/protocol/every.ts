/** Does `work` for each, also when it fails for some. Rejects with the first failure then. */
export async function forEvery<T>(each: Iterable<T>, work: (one: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const one of each) await work(one).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
