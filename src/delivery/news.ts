import type { DeliveryContext } from './context.ts';
import type { GroupRecord, Roster } from './store.ts';

/** What was appended. */
interface News {
  readonly before: Roster | undefined;
  readonly after: GroupRecord;
  readonly sender: string;
  /** Whom a Welcome was left for. */
  readonly to: readonly string[];
}

/** Tells of a new entry whoever was or is a member, has read in the group once, and did not write it; and of a Welcome whom it is for. */
export async function tellMembers(
  { store, notices }: DeliveryContext,
  { before, after: { groupId, next, roster }, sender, to }: News,
): Promise<void> {
  for (const agentId of to) notices.changed(agentId, { inbox: await store.inboxNext(agentId) });
  const readers = await store.positions(groupId);
  for (const agentId of new Set([...(before?.members ?? []), ...roster.members])) {
    if (agentId !== sender && readers.has(agentId)) notices.changed(agentId, { group: [groupId, next - 1] });
  }
}
