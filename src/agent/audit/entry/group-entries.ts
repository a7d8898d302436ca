import * as v from 'valibot';
import * as member from '../../../protocol/wire/members.ts';

/** 32 bytes as 64 lowercase hex digits. */
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits'));
const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'expected 32 hex digits'));
const code = v.pipe(v.string(), v.maxLength(64));
const agents = v.optional(v.array(member.agentId));

/** What each entry of a group's log is known by (groups page, section 4). */
const logged = {
  group_id: id,
  log_index: member.counter,
  /** The service's time, in Unix seconds. */
  logged_at: member.moment,
  /** Who appended it, as the service says. */
  sender: member.agentId,
  /** H of the message as it was appended. */
  digest: hash,
  /** H(JCS({"members", "admins"})), or H("null") where it came without. */
  lists: hash,
  /** The log's head after it. */
  head: hash,
  /** The group's epoch once it was taken in. */
  epoch: member.counter,
  /** Why everybody skips it. */
  skipped: v.optional(code),
};

/** A commit of a group's log: who did what. */
export const groupCommit = {
  kind: v.literal('group_commit'),
  ...logged,
  /** Whose leaf signed it. */
  by: v.optional(member.agentId),
  created: v.optional(v.literal(true)),
  added: agents,
  removed: agents,
  left: agents,
  rejoined: agents,
  renamed: v.optional(v.pipe(v.string(), v.maxLength(600))),
  admins: agents,
  because: v.optional(v.picklist(['revoked', 'expired'])),
} as const;

/** A message of a group's log, or a proposal to leave. */
export const groupMessage = {
  kind: v.literal('group_message'),
  ...logged,
  of: v.picklist(['message', 'proposal']),
  /** What it was, once it could be read. */
  type: v.optional(v.picklist(['GROUP_MESSAGE', 'GROUP_REQUEST', 'GROUP_RESPONSE', 'GROUP_RECEIPT'])),
  message_id: v.optional(id),
} as const;
