import type { Scenario } from './run.ts';
import { alteredMembers } from './scenarios/altered-members.ts';
import { eavesdropping } from './scenarios/eavesdropping.ts';

/** Every attack of the lab, in the order of the threat model. */
export const catalogue: readonly Scenario[] = [eavesdropping, alteredMembers];
