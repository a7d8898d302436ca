import * as v from 'valibot';
import type { AgentId, Bytes } from '../../protocol/bytes.ts';
import { agentId, counter, moment } from '../../protocol/wire/members.ts';
import { base64, hash32, hex16, index, sortedAgentIds } from './members.ts';

/** Answer to `POST /delivery/token`, 201. `expires_at` in Unix seconds. */
export const tokenAnswer = v.object({
  token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,512}$/, 'expected a token')),
  expires_at: moment,
});

/** Answer to `PUT /delivery/key-packages`: one-time KeyPackages that are left. */
export const keyPackagesAnswer = v.object({ remaining: counter });

/** Answer to `POST /delivery/key-packages/<agent_id>/take`. */
export const takeAnswer = v.object({ key_package: base64, last_resort: v.boolean() });

/** Answer to an append, 201: the entry's index and the head after it. */
export const appendAnswer = v.object({ index, head: hash32 });

/** What an entry is handed out as. */
interface EntryMembers<Sender extends string, Binary> {
  index: number;
  kind: 'commit' | 'proposal' | 'message';
  sender: Sender;
  message?: Binary | undefined;
  message_hash?: Binary | undefined;
  at: number;
  members?: Sender[] | undefined;
  admins?: Sender[] | undefined;
}

/** An entry as it is handed out: with its message, or the hash of one that is gone. */
const entry: v.GenericSchema<EntryMembers<string, string>, EntryMembers<AgentId, Bytes>> = v.pipe(
  v.object({
    index,
    kind: v.picklist(['commit', 'proposal', 'message']),
    sender: agentId,
    message: v.optional(base64),
    message_hash: v.optional(hash32),
    at: moment,
    members: v.optional(sortedAgentIds),
    admins: v.optional(sortedAgentIds),
  }),
  v.check((it) => (it.message === undefined) !== (it.message_hash === undefined), 'a message or its hash'),
  v.check((it) => (it.members === undefined) === (it.admins === undefined), 'both lists or neither'),
);

/** Answer to `GET /delivery/groups/<group_id>/entries`. */
export const entriesAnswer = v.pipe(
  v.object({
    entries: v.pipe(v.array(entry), v.maxLength(256)),
    before: hash32,
    next: index,
    head: hash32,
  }),
  v.check(
    ({ entries, next }) => entries.every((it, i) => it.index === next - entries.length + i),
    'entries follow each other, up to next',
  ),
);

/** Answer to `POST /delivery/groups/<group_id>/read`: the position that stands. */
export const readAnswer = v.object({ index });

/** Answer to `GET /delivery/inbox`. */
export const inboxAnswer = v.object({
  items: v.array(v.object({ index, group_id: hex16, entry: index, from: agentId, message: base64 })),
  next: index,
});

/** A notice, on the relay's line and in `GET /delivery/events`: the index after the newest Welcome, and for groups that of the newest entry. */
export const notice = v.strictObject({
  type: v.literal('notice'),
  inbox: v.optional(index),
  groups: v.array(v.strictTuple([hex16, index])),
});

export type EntriesAnswer = v.InferInput<typeof entriesAnswer>;
export type InboxAnswer = v.InferInput<typeof inboxAnswer>;
