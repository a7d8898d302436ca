import * as v from 'valibot';
import type { InboxRecord } from '../../../delivery/store.ts';
import { forEvery } from '../../../protocol/every.ts';
import { parsedRecord } from '../../json/record.ts';
import { unreachable } from '../link.ts';
import type { Seal } from '../seal.ts';
import { type Blob, blobV1 } from './blobs.ts';
import { type ComingWelcome, ComingWelcomes } from './coming-welcomes.ts';
import type { GroupLogs } from './group-logs.ts';
import { type Numbered, NumberedLogs } from './numbered-log.ts';
import type { SealedKeys } from './sealed-keys.ts';
import type { SentWelcomes } from './sent-welcomes.ts';
import type { DeliveryStreams } from './streams.ts';

/** Milliseconds within which the entry of a Welcome is appended, or never. */
export const pendingMs = 30_000;
/** Milliseconds after which a Welcome whose entry the log has not is one that came to nothing, by the clocks of NATS and of servers. */
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
  /** True when its entry was in the log before it. An earlier version put it there first. */
  isEntered: v.exactOptional(v.literal(true)),
});
type Item = v.InferOutput<typeof itemV1>;

/**
 * The inboxes of agents. A Welcome is announced before the entry that names it, and put at the end of the inbox after that: by the server that
 * appends, or, where that was killed, by any that reads the inbox. What an earlier version put there before its entry is seen from the moment
 * that the log has the entry, and an inbox is read up to the first of those whose entry may still come.
 */
export class Inboxes {
  readonly #items: NumberedLogs<Item>;
  readonly #keys: SealedKeys;
  readonly #groups: GroupLogs;
  readonly #sent: SentWelcomes;
  readonly #coming: ComingWelcomes;

  constructor(streams: DeliveryStreams, seal: Seal, keys: SealedKeys, groups: GroupLogs, sent: SentWelcomes) {
    this.#items = new NumberedLogs<Item>(streams, seal, {
      kind: 'inboxes',
      encode: (item) => JSON.stringify(item),
      decode: (text) => parsedRecord(itemV1, text),
    });
    this.#keys = keys;
    this.#groups = groups;
    this.#sent = sent;
    this.#coming = new ComingWelcomes(keys);
  }

  /** Notes that a Welcome comes into an inbox once its entry is in the log. */
  async announce(agentId: string, record: Omit<InboxRecord, 'index'>, welcome: Blob): Promise<void> {
    await this.#coming.add(agentId, record, welcome, await this.#end(agentId));
  }

  /** Takes back what was announced: the log has no such entry, and never will. */
  async withdraw(agentId: string, welcome: Blob): Promise<void> {
    await this.#coming.remove(agentId, [welcome]);
  }

  /** Puts a Welcome that was announced, and whose entry is in the log, at the end of the inbox: once, however many servers do it. */
  async deliver(agentId: string, welcome: Blob): Promise<void> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const last = await this.#items.last(agentId);
      const coming = await this.#coming.find(agentId, welcome);
      if (coming === undefined) return;
      const index = (last?.index ?? -1) + 1;
      const isThere = index > coming.since && (await this.#holds(agentId, coming));
      // It may have been put there, read and dropped during the search. Nothing is dropped before it is announced no more.
      const isGone = index > coming.since && !isThere && (await this.#coming.find(agentId, welcome)) === undefined;
      if (isGone) return;
      const item: Item = { record: { index, ...coming.record }, welcome: coming.welcome, isEntered: true };
      if (!isThere && (await this.#items.append(agentId, index, item, last)) === undefined) continue;
      await this.#coming.remove(agentId, [welcome]);
      return;
    }
    throw unreachable();
  }

  async list(agentId: string, from: number, limit: number): Promise<readonly Item[]> {
    await this.#complete(agentId);
    return this.#list(agentId, from, limit);
  }

  async find(agentId: string, index: number): Promise<Item | undefined> {
    const [found] = await this.#list(agentId, index, 1);
    return found?.record.index === index ? found : undefined;
  }

  async next(agentId: string): Promise<number> {
    await this.#complete(agentId);
    return this.#end(agentId);
  }

  /** Drops what is below an index. */
  async dropBelow(agentId: string, index: number): Promise<void> {
    let at = await this.#items.from(agentId, await this.#floor(agentId));
    const dropped: Blob[] = [];
    while (at !== undefined && at.index < index) {
      dropped.push(at.value.welcome);
      await this.#sent.gone(at.value.record.from, at.value.welcome, agentId);
      at = await this.#items.after(agentId, at);
    }
    // Whoever is about to put one of them there sees that it was.
    await this.#coming.remove(agentId, dropped);
    // It is raised after what was below it is accounted for: who is interrupted does that again.
    await this.#keys.change(floorKey(agentId), (text) => (index > Number(text ?? 0) ? String(index) : undefined));
    await this.#items.dropBelow(agentId, index);
  }

  /** Drops Welcomes of before a time, in Unix seconds, from all inboxes. */
  async dropBefore(time: number): Promise<void> {
    await forEvery(await this.#items.names(), async (agentId) => {
      let at = await this.#items.from(agentId, await this.#floor(agentId));
      let below: number | undefined;
      while (at !== undefined && at.value.record.at < time) {
        below = at.index + 1;
        at = await this.#items.after(agentId, at);
      }
      if (below !== undefined) await this.dropBelow(agentId, below);
    });
  }

  /** Puts in what a server has left out that was killed after an entry, and forgets what came to nothing. */
  async #complete(agentId: string): Promise<void> {
    for (const { record, welcome, began } of await this.#coming.of(agentId)) {
      const logged = await this.#groups.logs.find(record.groupId, record.entry);
      if (logged?.value.welcome?.nonce === welcome.nonce) await this.deliver(agentId, welcome);
      else if (logged !== undefined || Date.now() - began > lostMs) await this.withdraw(agentId, welcome);
    }
  }

  async #holds(agentId: string, { since, welcome }: ComingWelcome): Promise<boolean> {
    let at = await this.#items.from(agentId, since);
    while (at !== undefined && at.value.welcome.nonce !== welcome.nonce) at = await this.#items.after(agentId, at);
    return at !== undefined;
  }

  async #list(agentId: string, from: number, limit: number): Promise<readonly Item[]> {
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

  async #end(agentId: string): Promise<number> {
    return ((await this.#items.last(agentId))?.index ?? -1) + 1;
  }

  async #floor(agentId: string): Promise<number> {
    return Number((await this.#keys.get(floorKey(agentId))) ?? 0);
  }

  async #state({ value, time }: Numbered<Item>): Promise<'there' | 'lost' | 'may come'> {
    if (value.isEntered === true) return 'there';
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
