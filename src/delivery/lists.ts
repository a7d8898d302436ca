import type { DeliveryLimits } from './context.ts';
import { hour } from './limits.ts';
import { isPresent, type Presence } from './membership.ts';
import { notPermitted } from './refusals.ts';
import type { EntryRecord, Place, Roster } from './store.ts';

/** Both lists of a group. */
export interface Lists {
  readonly members: readonly string[];
  readonly admins: readonly string[];
}

/** What an entry asks of the lists. */
export interface ListWish {
  readonly sender: string;
  readonly lists: Lists | undefined;
  /** Whom its Welcome is for. */
  readonly to: readonly string[];
}

/**
 * Checks that a member may give these lists and this Welcome (groups page, section 4). `isListed` asks for the newest revocation list.
 * Throws `not_permitted`.
 */
export async function checkLists(
  roster: Roster,
  { sender, lists, to }: ListWish,
  presence: Presence,
  isListed: (agentId: string) => Promise<boolean>,
): Promise<void> {
  const members = lists?.members ?? roster.members;
  if (!to.every((agentId) => members.includes(agentId))) {
    throw notPermitted('A Welcome is for agents that are members after its commit.');
  }
  const admins = roster.admins.filter((agentId) => isPresent(roster, agentId, presence));
  if (admins.length === 0 || admins.includes(sender)) return;
  const mayLack = async (agentId: string) =>
    roster.leaving.includes(agentId) || !isPresent(roster, agentId, presence) || (await isListed(agentId));
  if (lists !== undefined) {
    const lacking = roster.members.filter((agentId) => !lists.members.includes(agentId));
    const isSubset = lists.members.length + lacking.length === roster.members.length;
    const keepsAdmins = isSame(
      lists.admins,
      roster.admins.filter((agentId) => !lacking.includes(agentId)),
    );
    if (!isSubset || !keepsAdmins) throw notPermitted('Only an admin adds members and names admins.');
    for (const agentId of lacking) {
      if (!(await mayLack(agentId))) throw notPermitted(`Only an admin removes ${agentId}, which has not left.`);
    }
  }
  const isRejoin = to.length === 1 && to[0] !== sender && isSame(members, roster.members);
  if (to.length > 0 && !isRejoin) throw notPermitted('Only an admin sends a Welcome, except to one that comes back.');
}

/** Returns the roster of a new group. */
export function firstRoster(sender: string, lists: Lists, at: number): Roster {
  return {
    members: lists.members,
    admins: lists.admins,
    leaving: [],
    spoken: [sender],
    places: lists.members.map((agentId) => ({ agentId, from: 0, at })),
    commits: [{ agentId: sender, at }],
  };
}

/** Returns the roster after an entry; the same object when nothing in it changes. */
export function rosterAfter(
  roster: Roster,
  { index, kind, sender, at }: Pick<EntryRecord, 'index' | 'kind' | 'sender' | 'at'>,
  wish: Pick<ListWish, 'lists' | 'to'> & { readonly isLeaving: boolean },
  limits: Pick<DeliveryLimits, 'formerPlaces'>,
): Roster {
  const spoken = roster.spoken.includes(sender) ? roster.spoken : [...roster.spoken, sender];
  if (kind !== 'commit') {
    const leaving = wish.isLeaving && !roster.leaving.includes(sender) ? [...roster.leaving, sender] : roster.leaving;
    return leaving === roster.leaving && spoken === roster.spoken ? roster : { ...roster, leaving, spoken };
  }
  const { members, admins } = wish.lists ?? roster;
  const isMember = (agentId: string) => members.includes(agentId);
  const added = members.filter((agentId) => !roster.members.includes(agentId));
  const kept = roster.places.map((place): Place => {
    if (place.until !== undefined) return place;
    if (!isMember(place.agentId)) return { ...place, until: index };
    // Whoever is welcomed again gets its time to come anew.
    return wish.to.includes(place.agentId) ? { ...place, at } : place;
  });
  const former = kept.filter(({ until }) => until !== undefined).slice(-limits.formerPlaces);
  const open = kept.filter(({ until }) => until === undefined);
  return {
    members,
    admins,
    leaving: roster.leaving.filter(isMember),
    spoken: spoken.filter(isMember),
    places: [...former, ...open, ...added.map((agentId) => ({ agentId, from: index, at }))],
    commits: [...roster.commits.filter((commit) => commit.at > at - hour), { agentId: sender, at }],
  };
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((agentId) => others.includes(agentId));
}
