import type { DeliveryAgent, DeliveryStore } from '../../../delivery/store.ts';
import { newDeliveryAgent } from '../../../delivery/store.ts';
import { toHex } from '../../../protocol/bytes.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import { forEvery } from '../../../protocol/every.ts';
import { encodeUtf8 } from '../../../protocol/scratch-buffer.ts';
import { deliveryAgentFromJson, deliveryAgentToJson } from '../../json/delivery-records.ts';
import { passing } from '../../passing.ts';
import { inGroup } from '../in-group.ts';
import type { NatsLink } from '../link.ts';
import type { Seal } from '../seal.ts';
import { answerOf, appendEntry } from './append.ts';
import { Blobs } from './blobs.ts';
import { EntryClaims } from './entry-claims.ts';
import { GroupLogs } from './group-logs.ts';
import { Inboxes } from './inboxes.ts';
import { KeyPackages } from './key-packages.ts';
import { PendingAppends } from './pending-appends.ts';
import { isDropped, Reading } from './reading.ts';
import { SealedKeys } from './sealed-keys.ts';
import { SentWelcomes } from './sent-welcomes.ts';
import { DeliveryStreams } from './streams.ts';

const day = 86_400_000;
/** Milliseconds for which what is remembered shortly, such as signatures, and long, such as entry_ids, is kept at NATS. */
const shortTtl = day;
const longTtl = 32 * day;

/** How a delivery service's store is opened. */
interface NatsDeliveryOptions {
  readonly prefix: string;
  /** Throws when this server may append nothing just now: its clock is wrong. */
  readonly mayChange: () => void;
}

/**
 * Opens a delivery service's store that servers share (groups page, section 4): the logs of groups, the inboxes, and what they name
 * in JetStream streams, everything else in key-value buckets, whose names begin with `prefix`. Everything is authenticated by `seal`.
 * Rejects with `unavailable`, and with `storage_full`.
 */
export function openNatsDeliveryStore(
  link: NatsLink,
  seal: Seal,
  { prefix, mayChange }: NatsDeliveryOptions,
): Promise<DeliveryStore> {
  return inGroup(async () => {
    const streams = await DeliveryStreams.open(link, prefix);
    const keys = await SealedKeys.open(link, seal, `${prefix}_delivery`);
    const brief = await SealedKeys.open(link, seal, `${prefix}_delivery_brief`, shortTtl);
    const long = await SealedKeys.open(link, seal, `${prefix}_delivery_long`, longTtl);
    const used = await SealedKeys.open(link, seal, `${prefix}_delivery_entry_ids`, longTtl);
    const begun = await SealedKeys.open(link, seal, `${prefix}_delivery_pending`, longTtl);
    return deliveryStore({ streams, seal, keys, brief, long, used, begun, mayChange });
  });
}

interface Parts {
  readonly streams: DeliveryStreams;
  readonly seal: Seal;
  readonly keys: SealedKeys;
  readonly brief: SealedKeys;
  readonly long: SealedKeys;
  readonly used: SealedKeys;
  readonly begun: SealedKeys;
  readonly mayChange: () => void;
}

function deliveryStore({ streams, seal, keys, brief, long, used, begun, mayChange }: Parts): DeliveryStore {
  /** Unix seconds up to which what is remembered no longer counts; it goes by itself later. */
  let forgottenBefore = Number.NEGATIVE_INFINITY;
  const isPast = (until: number) => until < forgottenBefore;
  const blobs = new Blobs(streams);
  const groups = new GroupLogs(streams, seal, blobs);
  const sent = new SentWelcomes(keys, blobs);
  const inboxes = new Inboxes(streams, seal, keys, groups, sent);
  const claims = new EntryClaims(used, isPast);
  const packages = new KeyPackages(keys);
  const reading = new Reading(keys);
  const pending = new PendingAppends({ keys: begun, blobs, groups, sent, inboxes });
  const append = { blobs, groups, claims, inboxes, sent, pending, now: () => performance.now() };
  const changeAgent = async (agentId: string, change: (current: DeliveryAgent) => DeliveryAgent) => {
    let made = newDeliveryAgent;
    await keys.change(agentKey(agentId), (text) => {
      const current = agentIn(text);
      made = change(current);
      return made === current ? undefined : deliveryAgentToJson(made);
    });
    return made;
  };
  const charge = async (sender: string, account: (current: DeliveryAgent) => DeliveryAgent) => {
    mayChange();
    await changeAgent(sender, account);
  };
  const isThere = (text: string | undefined) => text !== undefined && !isPast(Number(text));

  return {
    agent: (agentId) => inGroup(async () => agentIn(await keys.get(agentKey(agentId)))),
    changeAgent: (agentId, change) => passing(inGroup, change, (told) => changeAgent(agentId, told)),
    forgetAgent: (agentId) =>
      inGroup(async () => {
        await packages.add(agentId, [], 0, true);
        await packages.putLastResort(agentId, undefined);
        await inboxes.dropBelow(agentId, await inboxes.next(agentId));
      }),

    remember: (key, until) =>
      inGroup(async () => {
        const name = await nameOf(key);
        const isLong = until * 1_000 - Date.now() > shortTtl / 2;
        if (isThere(await (isLong ? brief : long).get(name))) return false;
        let isNew = false;
        await (isLong ? long : brief).change(name, (text) => {
          isNew = !isThere(text);
          return isNew ? String(until) : undefined;
        });
        return isNew;
      }),
    isRemembered: (key) =>
      inGroup(async () => {
        const name = await nameOf(key);
        return isThere(await brief.get(name)) || isThere(await long.get(name));
      }),

    addKeyPackages: (agentId, added, most, replace) => inGroup(() => packages.add(agentId, added, most, replace)),
    putLastResort: (agentId, bytes) => inGroup(() => packages.putLastResort(agentId, bytes)),
    takeKeyPackage: (agentId) => inGroup(() => packages.take(agentId)),
    lastResort: (agentId) => inGroup(() => packages.lastResort(agentId)),

    group: (groupId) => inGroup(() => groups.group(groupId)),
    groups: (after, limit) =>
      inGroup(async () =>
        (await groups.logs.names())
          .filter((id) => id > after)
          .sort()
          .slice(0, limit),
      ),
    answered: (sender, entryId) =>
      inGroup(async () => {
        const claim = await claims.get(sender, entryId);
        return claim === undefined ? undefined : answerOf(claim, { sender, entryId }, groups);
      }),
    append: (given) =>
      passing(inGroup, given.account, (account) =>
        appendEntry(given, () => charge(given.entry.sender, account), append),
      ),
    entries: (groupId, from, limit) =>
      inGroup(async () => {
        const kept = await reading.kept(groupId);
        const found = [];
        let at = limit > 0 ? await groups.logs.from(groupId, Math.max(from, kept.below)) : undefined;
        while (at !== undefined && found.length < limit) {
          const { entry } = at.value;
          found.push({ ...entry, isDropped: isDropped(kept, entry.index) });
          at = await groups.logs.after(groupId, at);
        }
        return found;
      }),
    message: (groupId, index) =>
      inGroup(async () => {
        const kept = await reading.kept(groupId);
        if (index < kept.below || isDropped(kept, index)) return undefined;
        const found = await groups.logs.find(groupId, index);
        return found && blobs.get(found.value.message);
      }),
    dropMessages: (groupId, indices) =>
      inGroup(async () => {
        await reading.drop(groupId, indices);
        for (const index of indices) {
          const found = await groups.logs.find(groupId, index);
          if (found !== undefined) await blobs.drop(found.value.message);
        }
      }),
    dropEntries: (groupId, below) =>
      inGroup(async () => {
        await reading.dropBelow(groupId, below);
        let at = await groups.logs.from(groupId, 0);
        while (at !== undefined && at.index < below) {
          // Also of one that was dropped before: whoever did that may have been killed at it.
          await blobs.drop(at.value.message);
          at = await groups.logs.after(groupId, at);
        }
        await groups.logs.dropBelow(groupId, below);
      }),

    positions: (groupId) => inGroup(() => reading.positions(groupId)),
    setPosition: (groupId, agentId, position) => inGroup(() => reading.setPosition(groupId, agentId, position)),
    upkeep: (groupId) => inGroup(async () => (await reading.kept(groupId)).upkeep),
    changeUpkeep: (groupId, change) => passing(inGroup, change, (told) => reading.changeUpkeep(groupId, told)),

    inbox: (agentId, from, limit) =>
      inGroup(async () => (await inboxes.list(agentId, from, limit)).map(({ record }) => record)),
    welcome: (agentId, index) =>
      inGroup(async () => {
        const found = await inboxes.find(agentId, index);
        return found && blobs.get(found.welcome);
      }),
    inboxNext: (agentId) => inGroup(() => inboxes.next(agentId)),
    readInbox: (agentId, index) =>
      inGroup(async () => inboxes.dropBelow(agentId, Math.min(index + 1, await inboxes.next(agentId)))),
    unreadIn: (agentId, sender) =>
      inGroup(async () => {
        const waiting = await inboxes.list(agentId, 0, Number.POSITIVE_INFINITY);
        return waiting.reduce((sum, { record }) => sum + (record.from === sender ? record.size : 0), 0);
      }),
    unreadWelcomes: (sender) => inGroup(() => sent.bytes(sender)),

    dropExpired: (now, welcomesBefore) =>
      inGroup(async () => {
        forgottenBefore = Math.max(forgottenBefore, now);
        await forEvery([() => inboxes.dropBefore(welcomesBefore), () => pending.sweep()], (work) => work());
      }),
  };
}

function agentIn(text: string | undefined): DeliveryAgent {
  return text === undefined ? newDeliveryAgent : deliveryAgentFromJson(text);
}

function agentKey(agentId: string): string {
  return `agent.${agentId}`;
}

/** Returns a key of a bucket for any text. */
async function nameOf(text: string): Promise<string> {
  return toHex(await sha256(crypto.subtle, encodeUtf8(text)));
}
