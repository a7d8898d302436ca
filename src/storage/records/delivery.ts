import * as v from 'valibot';
import type { DeliveryAgent, EntryRecord, GroupRecord, Roster, Upkeep } from '../../delivery/store.ts';
import type { BytesSchema } from './bytes.ts';

const text = v.string();
const number = v.number();
const texts = v.array(text);
const lists = { members: texts, admins: texts };

/** Version 1 of an agent at the delivery service. None of these schemas is ever changed: what comes next has the next version. */
export const deliveryAgentV1 = v.object({
  key: text,
  keySince: number,
  tokens: v.array(v.object({ hash: text, expiresAt: number })),
  took: v.array(v.object({ agentId: text, at: number })),
  gave: v.array(number),
  made: v.array(v.object({ groupId: text, at: number })),
  spokeIn: texts,
  charges: v.array(v.object({ groupId: text, bytes: number, from: number })),
  welcomeBytes: number,
});

/** Version 1 of who is in a group. */
export const rosterV1 = v.object({
  ...lists,
  leaving: texts,
  spoken: texts,
  places: v.array(v.object({ agentId: text, from: number, at: number, until: v.exactOptional(number) })),
  commits: v.array(v.object({ agentId: text, at: number })),
});

/** Version 1 of a group without its roster. */
export const groupTipV1 = (bytes: BytesSchema) =>
  v.object({ groupId: text, next: number, head: bytes, at: number, lastCommit: number, written: number });

/** Version 1 of an entry of a group's log; whether its message is gone is stored beside it. */
export const entryRecordV1 = (bytes: BytesSchema) =>
  v.object({
    index: number,
    kind: v.picklist(['commit', 'proposal', 'message']),
    sender: text,
    entryId: text,
    at: number,
    hash: bytes,
    size: number,
    before: bytes,
    lists: v.exactOptional(v.object(lists)),
  });

/** Version 1 of the upkeep of a log. */
export const upkeepV1 = v.object({
  dropped: number,
  messagesFrom: number,
  passed: v.array(v.object({ index: number, at: number })),
});

type DeliveryAgentV1 = v.InferOutput<typeof deliveryAgentV1>;
type RosterV1 = v.InferOutput<typeof rosterV1>;
type GroupTipV1 = v.InferOutput<ReturnType<typeof groupTipV1>>;
type EntryRecordV1 = v.InferOutput<ReturnType<typeof entryRecordV1>>;
type UpkeepV1 = v.InferOutput<typeof upkeepV1>;

/** Returns an agent's record as it is stored. */
export function toDeliveryAgentV1(agent: DeliveryAgent): DeliveryAgentV1 {
  const { key, keySince, tokens, took, gave, made, spokeIn, charges, welcomeBytes } = agent;
  return {
    key,
    keySince,
    tokens: tokens.map(({ hash, expiresAt }) => ({ hash, expiresAt })),
    took: took.map(({ agentId, at }) => ({ agentId, at })),
    gave: [...gave],
    made: made.map(({ groupId, at }) => ({ groupId, at })),
    spokeIn: [...spokeIn],
    charges: charges.map(({ groupId, bytes, from }) => ({ groupId, bytes, from })),
    welcomeBytes,
  };
}

/** Returns a roster as it is stored. */
export function toRosterV1({ members, admins, leaving, spoken, places, commits }: Roster): RosterV1 {
  return {
    members: [...members],
    admins: [...admins],
    leaving: [...leaving],
    spoken: [...spoken],
    places: places.map(({ agentId, from, at, until }) => ({
      agentId,
      from,
      at,
      ...(until === undefined ? {} : { until }),
    })),
    commits: commits.map(({ agentId, at }) => ({ agentId, at })),
  };
}

/** Returns a group without its roster as it is stored. */
export function toGroupTipV1({ groupId, next, head, at, lastCommit, written }: GroupRecord): GroupTipV1 {
  return { groupId, next, head, at, lastCommit, written };
}

/** Returns an entry as it is stored. */
export function toEntryRecordV1(entry: EntryRecord): EntryRecordV1 {
  const { index, kind, sender, entryId, at, hash, size, before } = entry;
  const given = entry.lists;
  return {
    index,
    kind,
    sender,
    entryId,
    at,
    hash,
    size,
    before,
    ...(given === undefined ? {} : { lists: { members: [...given.members], admins: [...given.admins] } }),
  };
}

/** Returns the upkeep of a log as it is stored. */
export function toUpkeepV1({ dropped, messagesFrom, passed }: Upkeep): UpkeepV1 {
  return { dropped, messagesFrom, passed: passed.map(({ index, at }) => ({ index, at })) };
}
