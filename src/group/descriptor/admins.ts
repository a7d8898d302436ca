import type { LeafIndex } from '../../mls/indices.ts';
import type { Descriptor } from './descriptor.ts';

/** A member by its name and its leaf. */
export interface GroupMember {
  readonly agentId: string;
  readonly leaf: LeafIndex;
}

/**
 * Returns the agent_ids of the admins, sorted: those of the descriptor that are members; when there is none, the member with the lowest
 * leaf index, whatever the descriptor says (groups page, section 5).
 */
export function adminsOf(descriptor: Pick<Descriptor, 'admins'>, members: readonly GroupMember[]): readonly string[] {
  const present = new Set(members.map(({ agentId }) => agentId));
  const admins = descriptor.admins.filter((admin) => present.has(admin));
  if (admins.length > 0) return admins.toSorted();
  const [first, ...others] = members;
  if (first === undefined) return [];
  return [others.reduce((lowest, member) => (member.leaf < lowest.leaf ? member : lowest), first).agentId];
}
