/**
 * Returns what `work` gives, which `guard` runs; what `change` itself throws is passed on as it is, however `guard` names the errors of
 * the storage.
 */
export async function passing<A, R, T>(
  guard: (work: () => Promise<T>) => Promise<T>,
  change: (current: A) => R,
  work: (change: (current: A) => R) => Promise<T>,
): Promise<T> {
  let refusal: { readonly reason: unknown } | undefined;
  const told = (current: A): R => {
    try {
      return change(current);
    } catch (reason) {
      refusal = { reason };
      throw reason;
    }
  };
  try {
    return await guard(() => work(told));
  } catch (error) {
    throw refusal === undefined ? error : refusal.reason;
  }
}
