import {
  type Appended,
  type DeliveryAgent,
  type DeliveryStore,
  type EntryRecord,
  type GroupRecord,
  type InboxRecord,
  newDeliveryAgent,
  newUpkeep,
  type Position,
  type StoredKeyPackage,
  type Upkeep,
} from '../../delivery/store.ts';
import type { Bytes } from '../../protocol/bytes.ts';

interface Log {
  group: GroupRecord;
  /** By index, in order. */
  readonly entries: Map<number, { entry: EntryRecord; message: Bytes | undefined }>;
}

interface Inbox {
  next: number;
  readonly items: Map<number, { readonly record: InboxRecord; readonly message: Bytes }>;
}

/** Creates a delivery service's store that lives as long as the process. */
export function createMemoryDeliveryStore(): DeliveryStore {
  const agents = new Map<string, DeliveryAgent>();
  const remembered = new Map<string, number>();
  /** By hash, the oldest first, of each agent. */
  const keyPackages = new Map<string, Map<string, StoredKeyPackage>>();
  const lastResorts = new Map<string, Bytes>();
  const logs = new Map<string, Log>();
  const answers = new Map<string, Appended & { readonly until: number }>();
  const positions = new Map<string, Map<string, Position>>();
  const upkeeps = new Map<string, Upkeep>();
  const inboxes = new Map<string, Inbox>();
  const agent = (id: string) => agents.get(id) ?? newDeliveryAgent;
  const inboxOf = (id: string): Inbox => {
    const inbox = inboxes.get(id) ?? { next: 0, items: new Map() };
    inboxes.set(id, inbox);
    return inbox;
  };
  const packagesOf = (id: string) => {
    const own = keyPackages.get(id) ?? new Map<string, StoredKeyPackage>();
    keyPackages.set(id, own);
    return own;
  };
  const waitingFrom = (sender: string, items: Inbox['items']) =>
    [...items.values()].map(({ record }) => record).filter(({ from }) => from === sender);

  return {
    agent: async (id) => agent(id),
    changeAgent: async (id, change) => {
      const changed = change(agent(id));
      agents.set(id, changed);
      return changed;
    },
    forgetAgent: async (id) => {
      keyPackages.delete(id);
      lastResorts.delete(id);
      inboxes.get(id)?.items.clear();
    },
    remember: async (key, until) => {
      if (remembered.has(key)) return false;
      remembered.set(key, until);
      return true;
    },
    isRemembered: async (key) => remembered.has(key),
    addKeyPackages: async (id, packages, most, replace) => {
      const own = packagesOf(id);
      if (replace) own.clear();
      for (const each of packages) if (!own.has(each.hash)) own.set(each.hash, each);
      for (const hash of [...own.keys()].slice(0, Math.max(0, own.size - most))) own.delete(hash);
      return own.size;
    },
    putLastResort: async (id, bytes) => {
      if (bytes === undefined) lastResorts.delete(id);
      else lastResorts.set(id, bytes);
    },
    takeKeyPackage: async (id) => {
      const [oldest] = packagesOf(id).values();
      if (oldest !== undefined) packagesOf(id).delete(oldest.hash);
      return oldest;
    },
    lastResort: async (id) => lastResorts.get(id),
    group: async (groupId) => logs.get(groupId)?.group,
    groups: async (after, limit) =>
      [...logs.keys()]
        .filter((id) => id > after)
        .sort()
        .slice(0, limit),
    answered: async (sender, entryId) => {
      const answer = answers.get(`${sender} ${entryId}`);
      return answer && { index: answer.index, head: answer.head };
    },
    append: async ({ entry, message, welcome, after, account, rememberUntil }) => {
      const log = logs.get(after.groupId);
      const answer = `${entry.sender} ${entry.entryId}`;
      if ((log?.group.next ?? 0) !== entry.index || answers.has(answer)) return false;
      agents.set(entry.sender, account(agent(entry.sender)));
      const { entries } = log ?? { entries: new Map() };
      entries.set(entry.index, { entry, message });
      logs.set(after.groupId, { group: after, entries });
      answers.set(answer, { index: entry.index, head: after.head, until: rememberUntil });
      for (const to of welcome?.to ?? []) {
        const inbox = inboxOf(to);
        const index = inbox.next++;
        const { groupId } = after;
        const size = welcome?.message.length ?? 0;
        const record = { index, groupId, entry: entry.index, from: entry.sender, size, at: entry.at };
        inbox.items.set(index, { record, message: welcome?.message ?? message });
      }
      return true;
    },
    entries: async (groupId, from, limit) => {
      const found: EntryRecord[] = [];
      for (const { entry } of logs.get(groupId)?.entries.values() ?? []) {
        if (found.length >= limit) break;
        if (entry.index >= from) found.push(entry);
      }
      return found;
    },
    message: async (groupId, index) => logs.get(groupId)?.entries.get(index)?.message,
    dropMessages: async (groupId, indices) => {
      for (const index of indices) {
        const found = logs.get(groupId)?.entries.get(index);
        if (found === undefined) continue;
        found.entry = { ...found.entry, isDropped: true };
        found.message = undefined;
      }
    },
    dropEntries: async (groupId, below) => {
      const entries = logs.get(groupId)?.entries;
      for (const index of [...(entries?.keys() ?? [])]) if (index < below) entries?.delete(index);
    },
    positions: async (groupId) => new Map(positions.get(groupId)),
    setPosition: async (groupId, agentId, { index, at }) => {
      const all = positions.get(groupId) ?? new Map<string, Position>();
      positions.set(groupId, all);
      const stands = Math.max(index, all.get(agentId)?.index ?? 0);
      all.set(agentId, { index: stands, at: Math.max(at, all.get(agentId)?.at ?? 0) });
      return stands;
    },
    upkeep: async (groupId) => upkeeps.get(groupId) ?? newUpkeep,
    changeUpkeep: async (groupId, change) => {
      upkeeps.set(groupId, change(upkeeps.get(groupId) ?? newUpkeep));
    },
    inbox: async (id, from, limit) =>
      [...inboxOf(id).items.values()]
        .map(({ record }) => record)
        .filter(({ index }) => index >= from)
        .slice(0, limit),
    welcome: async (id, index) => inboxOf(id).items.get(index)?.message,
    inboxNext: async (id) => inboxOf(id).next,
    readInbox: async (id, upTo) => {
      const { items } = inboxOf(id);
      for (const index of [...items.keys()]) if (index <= upTo) items.delete(index);
    },
    unreadIn: async (id, sender) => waitingFrom(sender, inboxOf(id).items).reduce((sum, { size }) => sum + size, 0),
    unreadWelcomes: async (sender) => {
      const sizes = new Map<string, number>();
      for (const { items } of inboxes.values()) {
        for (const { groupId, entry, size } of waitingFrom(sender, items)) sizes.set(`${groupId} ${entry}`, size);
      }
      return [...sizes.values()].reduce((sum, size) => sum + size, 0);
    },
    dropExpired: async (now, welcomesBefore) => {
      for (const [key, until] of remembered) if (until < now) remembered.delete(key);
      for (const [key, { until }] of answers) if (until < now) answers.delete(key);
      for (const { items } of inboxes.values()) {
        for (const [index, { record }] of items) if (record.at < welcomesBefore) items.delete(index);
      }
    },
  };
}
