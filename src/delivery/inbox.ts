import type { InboxAnswer } from '../group/wire/delivery-answers.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import type { Caller, DeliveryContext } from './context.ts';
import { unlessDamaged } from './damage.ts';
import { malformed } from './refusals.ts';

/** Bytes that an item takes in an answer besides its message, at most. */
const itemBytes = 256;
const pageItems = 256;

/** Returns the Welcomes that wait for the caller from index `from` on: 4 MiB of an answer at most (groups page, section 4). */
export async function inboxPage(
  { store, now, limits }: DeliveryContext,
  { agentId }: Caller,
  from: number,
): Promise<InboxAnswer> {
  const items: InboxAnswer['items'] = [];
  let bytes = 0;
  const records = await store.inbox(agentId, from, pageItems);
  let next = (records.at(-1)?.index ?? from - 1) + 1;
  for (const record of records) {
    bytes += itemBytes + Math.ceil(record.size / 3) * 4;
    if (items.length > 0 && bytes > limits.pageBytes) {
      next = record.index;
      break;
    }
    const isKept = record.at > now() - limits.welcomeKept;
    // One that is damaged keeps no other from its reader.
    const message = isKept ? await unlessDamaged(undefined, () => store.welcome(agentId, record.index)) : undefined;
    if (message === undefined) continue;
    const { index, groupId, entry, from: sender } = record;
    items.push({ index, group_id: groupId, entry, from: sender, message: encodeBase64(message) });
  }
  return { items, next };
}

/** Drops the caller's Welcomes up to and including an index. Throws `malformed_message` for one that no Welcome has had. */
export async function readInbox({ store }: DeliveryContext, { agentId }: Caller, index: number): Promise<void> {
  if (index >= (await store.inboxNext(agentId))) throw malformed('The inbox has no Welcome of this index yet.');
  await store.readInbox(agentId, index);
}
