import type { Append, Appended } from '../../../delivery/store.ts';
import { unreachable } from '../link.ts';
import type { Blob, Blobs } from './blobs.ts';
import type { EntryClaim, EntryClaims } from './entry-claims.ts';
import type { GroupLogs } from './group-logs.ts';
import { type Inboxes, pendingMs } from './inboxes.ts';
import type { PendingAppends } from './pending-appends.ts';
import type { SentWelcomes } from './sent-welcomes.ts';

/** What an append changes. */
export interface AppendDeps {
  readonly blobs: Blobs;
  readonly groups: GroupLogs;
  readonly claims: EntryClaims;
  readonly inboxes: Inboxes;
  readonly sent: SentWelcomes;
  readonly pending: PendingAppends;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/**
 * Appends an entry: first everything that it names, then the entry, which makes all of it seen, then its Welcome to the end of each inbox,
 * which whoever reads the inbox earlier does as well. False when the log has another entry of this index, or has this entry_id already.
 */
export async function appendEntry(
  { entry, message, welcome, after, rememberUntil }: Append,
  charge: () => Promise<void>,
  deps: AppendDeps,
): Promise<boolean> {
  const { blobs, groups, claims, inboxes, sent, pending, now } = deps;
  const { groupId } = after;
  const before = await groups.logs.last(groupId);
  if ((before?.index ?? -1) + 1 !== entry.index) return false;
  // The log is looked at before the claim: what a claim of an earlier place has come to is certain by now.
  const earlier = await claims.get(entry.sender, entry.entryId);
  if (earlier !== undefined && (await answerOf(earlier, entry, groups)) !== undefined) return false;
  if (earlier?.groupId === groupId && earlier.index > entry.index) return false;
  await charge();
  const to = welcome?.to ?? [];
  const claim = { groupId, index: entry.index, until: rememberUntil };
  if (!(await claims.claim(entry.sender, entry.entryId, claim, earlier))) return false;

  const began = now();
  const messageName = await blobs.name(message);
  const { name: rosterName, bytes: rosterBytes } = await groups.nameOf(after.roster);
  const welcomeName = welcome && (await blobs.name(welcome.message));
  // Whoever is killed from here on leaves nothing that nobody finds.
  await pending.begin({
    ...{ groupId, index: entry.index, sender: entry.sender, message: messageName },
    ...(rosterBytes === undefined ? {} : { roster: rosterName }),
    ...(welcome === undefined || welcomeName === undefined ? {} : { welcome: welcomeName, to: [...welcome.to] }),
  });
  await blobs.store(messageName, message);
  if (rosterBytes !== undefined) await groups.storeRoster(after.roster, rosterName, rosterBytes);
  if (welcome !== undefined && welcomeName !== undefined) await blobs.store(welcomeName, welcome.message);
  if (welcome !== undefined && welcomeName !== undefined) {
    const size = welcome.message.length;
    await sent.add(entry.sender, welcomeName, size, welcome.to);
    const record = { groupId, entry: entry.index, from: entry.sender, size, at: entry.at };
    await Promise.all(to.map((agentId) => inboxes.announce(agentId, record, welcomeName)));
  }
  // Whoever looks for what came to nothing waits for the entry no longer than this.
  if (now() - began > pendingMs) throw unreachable();
  const names = { roster: rosterName, message: messageName };
  const isAppended = await groups.append(
    entry,
    after,
    welcomeName === undefined ? names : { ...names, welcome: welcomeName },
    before,
  );
  if (!isAppended) {
    await blobs.drop(messageName);
    if (welcomeName !== undefined) {
      await Promise.all(to.map((agentId) => inboxes.withdraw(agentId, welcomeName)));
      await sent.remove(entry.sender, welcomeName);
      await blobs.drop(welcomeName);
    }
    if (isOther(rosterName, before?.value.roster)) await groups.forget(after.roster);
  } else {
    if (welcomeName !== undefined) await Promise.all(to.map((agentId) => inboxes.deliver(agentId, welcomeName)));
    if (before !== undefined && isOther(before.value.roster, rosterName)) await blobs.drop(before.value.roster);
  }
  await pending.end(messageName);
  return isAppended;
}

/** Returns the answer to the entry that a claim is of; undefined when the log has another there, or nothing yet. */
export async function answerOf(
  { groupId, index }: EntryClaim,
  { sender, entryId }: { readonly sender: string; readonly entryId: string },
  groups: GroupLogs,
): Promise<Appended | undefined> {
  const found = await groups.logs.find(groupId, index);
  if (found?.value.entry.sender !== sender || found.value.entry.entryId !== entryId) return undefined;
  return { index, head: found.value.group.head };
}

function isOther(name: Blob, other: Blob | undefined): boolean {
  return name.nonce !== other?.nonce;
}
