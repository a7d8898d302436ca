/** Where in the lab a person is. */
export interface LabPlace {
  /** A scenario's id, or `free`. */
  readonly scenario?: string;
  readonly attempt?: string;
}

/** Returns the address of a place in the lab. */
export function labAddress({ scenario, attempt }: LabPlace = {}): string {
  if (scenario === undefined) return '/lab';
  return attempt === undefined ? `/lab/${scenario}` : `/lab/${scenario}/${encodeURIComponent(attempt)}`;
}
