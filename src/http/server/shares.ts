/** How much of something is whose. */
export type Shares = Map<string, number>;

/** Adds `by` to the share of `name`; whoever has nothing left is forgotten. */
export function changeShare(shares: Shares, name: string, by: number): void {
  const now = (shares.get(name) ?? 0) + by;
  if (now <= 0) shares.delete(name);
  else shares.set(name, now);
}
