import * as v from 'valibot';
import type { Append, DeliveryStore, InboxRecord } from '../../../delivery/store.ts';
import { guarded } from '../../guarded.ts';
import { storedBytes } from '../../stored-history.ts';
import type { DeliveryDatabase, DeliveryWriting } from './schema.ts';

/** Version 1 of a Welcome, and how many inboxes it waits in. */
const welcomeV1 = v.object({ from: v.string(), bytes: storedBytes, waiting: v.number() });
/** Version 1 of a Welcome in an inbox. */
const inboxV1 = v.object({
  index: v.number(),
  groupId: v.string(),
  entry: v.number(),
  from: v.string(),
  size: v.number(),
  at: v.number(),
});

/** What is asked of inboxes. */
type InboxCalls = Pick<DeliveryStore, 'inbox' | 'welcome' | 'inboxNext' | 'readInbox' | 'unreadIn' | 'unreadWelcomes'>;

/** Opens the inboxes of agents. */
export function openInboxes(database: DeliveryDatabase): InboxCalls {
  return {
    inbox: (agentId, from, limit) =>
      guarded(async () => {
        if (limit <= 0) return [];
        return v.parse(v.array(inboxV1), await (await database.read()).getAll('inbox', allFrom(agentId, from), limit));
      }),
    welcome: (agentId, index) =>
      guarded(async () => {
        const transaction = (await database.read()).transaction(['inbox', 'welcomes']);
        const found = await transaction.objectStore('inbox').get([agentId, index]);
        if (found === undefined) return undefined;
        const { groupId, entry } = v.parse(inboxV1, found);
        const welcome = await transaction.objectStore('welcomes').get([groupId, entry]);
        return welcome === undefined ? undefined : v.parse(welcomeV1, welcome).bytes;
      }),
    inboxNext: (agentId) =>
      guarded(async () => v.parse(v.optional(v.number(), 0), await (await database.read()).get('inboxes', agentId))),
    readInbox: (agentId, index) =>
      guarded(() =>
        database.write((transaction) => dropWelcomes(transaction, IDBKeyRange.bound([agentId], [agentId, index]))),
      ),
    unreadIn: (agentId, sender) =>
      guarded(async () => {
        const all = v.parse(v.array(inboxV1), await (await database.read()).getAll('inbox', allFrom(agentId, 0)));
        return all.reduce((sum, { from, size }) => sum + (from === sender ? size : 0), 0);
      }),
    unreadWelcomes: (sender) =>
      guarded(async () => {
        const { store } = (await database.read()).transaction('welcomes');
        let sum = 0;
        // One at a time is in memory.
        for await (const { value } of store.index('from').iterate(sender))
          sum += v.parse(welcomeV1, value).bytes.length;
        return sum;
      }),
  };
}

/** Puts a Welcome at the end of each inbox, within a transaction of the caller. */
export async function putWelcome(transaction: DeliveryWriting, { entry, welcome, after }: Append): Promise<void> {
  if (welcome === undefined || welcome.to.length === 0) return;
  const { groupId } = after;
  const stored = { from: entry.sender, bytes: welcome.message, waiting: welcome.to.length };
  await transaction.objectStore('welcomes').put(stored, [groupId, entry.index]);
  for (const agentId of welcome.to) {
    const inboxes = transaction.objectStore('inboxes');
    const index = v.parse(v.optional(v.number(), 0), await inboxes.get(agentId));
    const size = welcome.message.length;
    const record: InboxRecord = { index, groupId, entry: entry.index, from: entry.sender, size, at: entry.at };
    await transaction.objectStore('inbox').put(record, [agentId, index]);
    await inboxes.put(index + 1, agentId);
  }
}

/** Drops all Welcomes of an agent. */
export function dropInbox(transaction: DeliveryWriting, agentId: string): Promise<void> {
  return dropWelcomes(transaction, allFrom(agentId, 0));
}

/** Drops Welcomes of before a time from all inboxes. */
export async function dropOldWelcomes(transaction: DeliveryWriting, before: number): Promise<void> {
  const old = await transaction.objectStore('inbox').index('at').getAllKeys(IDBKeyRange.upperBound(before, true));
  for (const key of old) await dropWelcomes(transaction, IDBKeyRange.only(key));
}

async function dropWelcomes(transaction: DeliveryWriting, range: IDBKeyRange): Promise<void> {
  const inbox = transaction.objectStore('inbox');
  const welcomes = transaction.objectStore('welcomes');
  const dropped = await inbox.getAll(range);
  await inbox.delete(range);
  for (const stored of dropped) {
    // What is damaged goes as well: it is of use to nobody, and must not keep anything else from going.
    const item = v.safeParse(inboxV1, stored);
    if (!item.success) continue;
    const { groupId, entry } = item.output;
    const found = await welcomes.get([groupId, entry]);
    if (found === undefined) continue;
    const { success, output } = v.safeParse(welcomeV1, found);
    if (!success || output.waiting <= 1) await welcomes.delete([groupId, entry]);
    else await welcomes.put({ ...output, waiting: output.waiting - 1 }, [groupId, entry]);
  }
}

function allFrom(agentId: string, index: number): IDBKeyRange {
  return IDBKeyRange.bound([agentId, index], [agentId, Number.POSITIVE_INFINITY]);
}
