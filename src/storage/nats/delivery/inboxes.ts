import * as v from 'valibot';
import type { InboxRecord } from '../../../delivery/store.ts';
import { parsedRecord } from '../../json/record.ts';
import { unreachable } from '../link.ts';
import type { Seal } from '../seal.ts';
import { type Blob, blobV1 } from './blobs.ts';
import type { GroupLogs } from './group-logs.ts';
import { type Numbered, NumberedLogs } from './numbered-log.ts';
import type { SealedKeys } from './sealed-keys.ts';
import type { SentWelcomes } from './sent-welcomes.ts';
import type { DeliveryStreams } from './streams.ts';

/** Milliseconds within which the entry of a Welcome is appended, or never. */
export const pendingMs = 30_000;
/** Milliseconds after which a Welcome whose entry the log has not is one that came to nothing, by NATS's clock and this one's. */
export const lostMs = 4 * pendingMs;
/** How often an index of an inbox is tried while others are faster. */
const mostTries = 200;

/** Version 1 of a Welcome in an inbox. */
const itemV1 = v.object({
  record: v.object({
    index: v.number(),
    groupId: v.string(),
    entry: v.number(),
    from: v.string(),
    size: v.number(),
    at: v.number(),
  }),
  welcome: blobV1,
});
type Item = v.InferOutput<typeof itemV1>;

/**
 * The inboxes of agents. A Welcome is put there before the entry that names it, and is seen from the moment that the log has it: an inbox is
 * read up to the first whose entry may still come.
 */
export class Inboxes {
  readonly #items: NumberedLogs<Item>;
  readonly #keys: SealedKeys;
  readonly #groups: GroupLogs;
  readonly #sent: SentWelcomes;

  constructor(streams: DeliveryStreams, seal: Seal, keys: SealedKeys, groups: GroupLogs, sent: SentWelcomes) {
    this.#items = new NumberedLogs<Item>(streams, seal, {
      kind: 'inboxes',
      encode: ({ record: { index, groupId, entry, from, size, at }, welcome }) =>
        JSON.stringify({ record: { index, groupId, entry, from, size, at }, welcome }),
      decode: (text) => parsedRecord(itemV1, text),
    });
    this.#keys = keys;
    this.#groups = groups;
    this.#sent = sent;
  }

  /** Puts a Welcome at the end of an inbox. */
  async add(agentId: string, record: Omit<InboxRecord, 'index'>, welcome: Blob): Promise<void> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const last = await this.#items.last(agentId);
      const index = (last?.index ?? -1) + 1;
      if (await this.#items.append(agentId, index, { record: { ...record, index }, welcome }, last)) return;
    }
    throw unreachable();
  }

  async list(agentId: string, from: number, limit: number): Promise<readonly Item[]> {
    const first = Math.max(from, await this.#floor(agentId));
    const found: Item[] = [];
    let at = limit > 0 ? await this.#items.from(agentId, first) : undefined;
    while (at !== undefined && found.length < limit) {
      const state = await this.#state(at);
      if (state === 'may come') break;
      if (state === 'there') found.push(at.value);
      at = await this.#items.after(agentId, at);
    }
    return found;
  }

  async find(agentId: string, index: number): Promise<Item | undefined> {
    const [found] = await this.list(agentId, index, 1);
    return found?.record.index === index ? found : undefined;
  }

  async next(agentId: string): Promise<number> {
    return ((await this.#items.last(agentId))?.index ?? -1) + 1;
  }

  /** Drops what is below an index. */
  async dropBelow(agentId: string, index: number): Promise<void> {
    let at = await this.#items.from(agentId, await this.#floor(agentId));
    while (at !== undefined && at.index < index) {
      await this.#sent.gone(at.value.record.from, at.value.welcome, agentId);
      at = await this.#items.after(agentId, at);
    }
    // It is raised after what was below it is accounted for: who is interrupted does that again.
    await this.#keys.change(floorKey(agentId), (text) => (index > Number(text ?? 0) ? String(index) : undefined));
    await this.#items.dropBelow(agentId, index);
  }

  /** Drops Welcomes of before a time, in Unix seconds, from all inboxes. */
  async dropBefore(time: number): Promise<void> {
    for (const agentId of await this.#items.names()) {
      let at = await this.#items.from(agentId, await this.#floor(agentId));
      let below: number | undefined;
      while (at !== undefined && at.value.record.at < time) {
        below = at.index + 1;
        at = await this.#items.after(agentId, at);
      }
      if (below !== undefined) await this.dropBelow(agentId, below);
    }
  }

  async #floor(agentId: string): Promise<number> {
    return Number((await this.#keys.get(floorKey(agentId))) ?? 0);
  }

  async #state({ value, time }: Numbered<Item>): Promise<'there' | 'lost' | 'may come'> {
    const { groupId, entry } = value.record;
    const logged = await this.#groups.logs.find(groupId, entry);
    if (logged !== undefined) return logged.value.welcome?.nonce === value.welcome.nonce ? 'there' : 'lost';
    const last = await this.#groups.logs.last(groupId);
    // Entries go after 30 days, as Welcomes do: what the entry said is not known any more, but it was said.
    if (last !== undefined && last.index > entry) return 'there';
    return Date.now() - time > lostMs ? 'lost' : 'may come';
  }
}

function floorKey(agentId: string): string {
  return `inbox.${agentId}`;
}
