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

/** Scenarios by the ids that they had before they carried the names of the field. */
const formerScenarios: ReadonlyMap<string, string> = new Map([
  ['altered-members', 'man-in-the-middle'],
  ['session-hijack', 'session-hijacking'],
  ['false-controller', 'rogue-controller'],
  ['flood', 'flooding'],
  ['false-certificates', 'impersonation'],
]);

/** Attempts of `resumption` by the ids that they had. */
const formerResumptions: ReadonlyMap<string, string> = new Map([
  ['again', 'replayed'],
  ['again-later', 'replayed-later'],
]);

/** Returns where a place of an earlier version is now; undefined for a place that has not moved. */
export function movedTo({ scenario, attempt }: LabPlace): LabPlace | undefined {
  if (scenario === undefined) return undefined;
  const newScenario = formerScenarios.get(scenario) ?? scenario;
  const newAttempt = (scenario === 'resumption' ? formerResumptions.get(attempt ?? '') : undefined) ?? attempt;
  if (newScenario === scenario && newAttempt === attempt) return undefined;
  return { scenario: newScenario, ...(newAttempt === undefined ? {} : { attempt: newAttempt }) };
}
