import type { DeliveryLimits } from './context.ts';
import type { GroupRecord, Place, Position, Roster } from './store.ts';

/** What says whether a member counts: how far everybody has read, and when it is. */
export interface Presence {
  readonly positions: ReadonlyMap<string, Position>;
  /** Unix seconds. */
  readonly now: number;
  readonly limits: Pick<DeliveryLimits, 'unheard'>;
}

/** Returns the span of a member that lasts; undefined for an agent that is no member. */
export function openPlace({ members, places }: Roster, agentId: string): Place | undefined {
  if (!members.includes(agentId)) return undefined;
  return places.findLast((place) => place.agentId === agentId && place.until === undefined);
}

/**
 * True for a member that is in the lists: one that has not read or written in the group for 30 days since it was added is taken from
 * them (groups page, section 4).
 */
export function isPresent(roster: Roster, agentId: string, { positions, now, limits }: Presence): boolean {
  const place = openPlace(roster, agentId);
  if (place === undefined) return false;
  return positions.has(agentId) || roster.spoken.includes(agentId) || now - place.at < limits.unheard;
}

/** Returns the members that are in the lists. */
export function presentMembers(roster: Roster, presence: Presence): readonly string[] {
  return roster.members.filter((agentId) => isPresent(roster, agentId, presence));
}

/** Returns the spans that an agent may read, the oldest first, none from before `keySince`: the name was another owner's then. */
export function placesOf(
  { roster }: GroupRecord,
  { agentId, keySince }: { readonly agentId: string; readonly keySince: number },
  presence: Presence,
): readonly Place[] {
  const isIn = isPresent(roster, agentId, presence);
  return roster.places.filter(
    (place) => place.agentId === agentId && place.at >= keySince && (place.until !== undefined || isIn),
  );
}
