/** Milliseconds that something has to happen, on a machine that is ten times slower too. */
const patienceMs = 60_000;

/**
 * Resolves once `look` finds something; every look gives the event loop one turn. Rejects with `reason` when nothing is
 * found in a minute.
 */
export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  reason = `there had to be something: ${look}`,
): Promise<T> {
  const latest = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > latest) throw new Error(`For ${patienceMs / 1_000} s, ${reason}`);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
