import * as v from 'valibot';
import { limits } from '../../../protocol/limits.ts';
import type { JsonObject, JsonValue } from '../../../protocol/wire/json.ts';
import * as member from '../../../protocol/wire/members.ts';
import { isObject } from '../../../protocol/wire/parse.ts';
import { groupCommit, groupMessage } from './group-entries.ts';

/** Levels of nesting of an entry: it holds a message. */
export const entryDepth = limits.jsonDepth + 1;

/** 32 bytes as 64 lowercase hex digits. */
export const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits'));
/** What a sender only claims, or a person reads. */
const text = v.pipe(v.string(), v.maxLength(600));
/** Times that a `Date` can hold: milliseconds and seconds since 1970. */
export const milliseconds = v.pipe(member.counter, v.maxValue(8.64e15, 'expected a time'));
const seconds = member.moment;
const role = v.picklist(['client', 'server']);
/** A message as it travelled: what is signed is its canonical form. */
export const message = v.custom<JsonObject>((value) => isJson(value) && isObject(value), 'expected a message');

function isJson(value: unknown): value is JsonValue {
  return value !== undefined;
}

/** What every entry has. `at` is in milliseconds since 1970 on this agent's clock; `prev` is the hash of the entry before. */
const common = { index: member.counter, at: milliseconds, prev: hash };

/** The checks that passed, in their order, by the message they were made of. */
const passed = v.record(v.string(), v.array(v.string()));
const failed = v.strictObject({ of: v.string(), check: v.string(), code: v.string(), detail: text });
/** With whom a session was made. */
const session = { session_id: member.sessionId, peer_id: member.agentId };
const made = { ...session, role, expires_at: seconds, key_fingerprint: text, passed };

/** One schema for each kind of entry. Members of messages keep their names of the protocol page. */
const kinds = {
  /** The first entry of a trail: whose it is. */
  began: v.strictObject({ ...common, kind: v.literal('began'), agent_id: member.agentId }),
  /** A certificate that was seen and accepted for the first time: this agent's, a peer's, or that of the pinned CA. */
  certificate: v.strictObject({
    ...common,
    kind: v.literal('certificate'),
    use: v.picklist(['authority', 'signing', 'encryption']),
    /** Absent for the authority. */
    agent_id: v.optional(member.agentId),
    /** SHA-256 of `der`. */
    fingerprint: hash,
    der: member.bytesBetween(1, 8_192),
  }),
  /** A handshake that made a session, with every message of it (protocol page, section 3). */
  handshake: v.strictObject({
    ...common,
    kind: v.literal('handshake'),
    ...made,
    client_hello: message,
    server_hello: message,
    client_confirm: message,
    session_established: message,
  }),
  /** A session that goes on from an earlier one (protocol page, section 5). */
  resumption: v.strictObject({
    ...common,
    kind: v.literal('resumption'),
    ...made,
    resumes: member.sessionId,
    resume_hello: message,
    resume_accept: message,
  }),
  /** A handshake or a resumption that this agent began, or answered, and that made no session. */
  handshake_failed: v.strictObject({
    ...common,
    kind: v.literal('handshake_failed'),
    session_id: member.sessionId,
    peer_id: text,
    role,
    code: v.string(),
    detail: text,
    passed,
    failed: v.optional(failed),
  }),
  /** An envelope that was sent or accepted (protocol page, section 4). */
  message: v.strictObject({
    ...common,
    kind: v.literal('message'),
    ...session,
    direction: v.picklist(['sent', 'received']),
    /** STREAM_WRITE: the last of a stream, with its size and hash. */
    type: v.picklist(['REQUEST', 'RESPONSE', 'CLOSE', 'KEY_UPDATE', 'CANCEL', 'STREAM_WRITE']),
    header: v.strictObject({
      session_id: member.sessionId,
      sender_id: member.agentId,
      epoch: member.counter,
      sequence: member.counter,
      timestamp: seconds,
    }),
    /** H(iv || ciphertext || tag) */
    digest: member.bytesOf(32),
    /** Ed25519 of the sender, over the header and the digest. */
    signature: member.bytesOf(64),
    /** HMAC-SHA-256 of JCS(payload without its nonce) under this entry's opening. */
    commitment: hash,
    /** The tag of the exchange in the history, whose content it is. */
    exchange: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'expected 32 hex digits'))),
  }),
  key_update: v.strictObject({
    ...common,
    kind: v.literal('key_update'),
    ...session,
    epoch: member.counter,
    by: v.picklist(['self', 'peer']),
    key_fingerprint: text,
  }),
  session_ended: v.strictObject({
    ...common,
    kind: v.literal('session_ended'),
    ...session,
    status: v.picklist(['CLOSED', 'EXPIRED']),
    code: v.optional(v.string()),
    detail: v.optional(text),
  }),
  /** A request that was answered with a problem. What it says of itself is not proven. */
  refusal: v.strictObject({
    ...common,
    kind: v.literal('refusal'),
    of: v.picklist(['handshake', 'message']),
    code: v.string(),
    claimed_sender: v.optional(text),
    claimed_session: v.optional(text),
    /** SHA-256 of the body and its length. */
    digest: hash,
    size: member.counter,
    passed,
    failed: v.optional(failed),
  }),
  /** More refusals than the trail keeps one by one. */
  refusals_omitted: v.strictObject({
    ...common,
    kind: v.literal('refusals_omitted'),
    count: member.counter,
    since: milliseconds,
  }),
  /** Entries that were not written: one that cannot be, more than wait for a disk that takes none, or more than one peer may cause. */
  entries_omitted: v.strictObject({
    ...common,
    kind: v.literal('entries_omitted'),
    count: member.counter,
    reason: v.picklist(['unwritable', 'too_many', 'peer_quota']),
    /** Who caused them, and since when, for `peer_quota`. */
    peer_id: v.optional(member.agentId),
    since: v.optional(milliseconds),
  }),
  /** The Controller's revocation of a peer with whom a session was open. */
  revocation: v.strictObject({
    ...common,
    kind: v.literal('revocation'),
    peer_id: member.agentId,
    signing: hash,
    encryption: hash,
  }),
  /** What the person decided about a peer's signing key, or another key of a verified peer that was seen. */
  verification: v.strictObject({
    ...common,
    kind: v.literal('verification'),
    peer_id: member.agentId,
    mark: v.picklist(['verified', 'changed', 'dropped']),
    /** H(SPKI DER) of the key. */
    key_hash: hash,
  }),
  /** Exchanges that were deleted from the history, by their sequences or all up to one. */
  deletion: v.strictObject({
    ...common,
    kind: v.literal('deletion'),
    /** What was sent to nobody that can be an agent is kept, and can be deleted. */
    peer_id: text,
    reason: v.picklist(['person', 'retention']),
    sequences: v.optional(v.array(member.counter)),
    up_to: v.optional(member.counter),
  }),
  /** A commit of a group's log, as it was taken in or skipped (groups page, section 4). */
  group_commit: v.strictObject({ ...common, ...groupCommit }),
  /** A message or proposal of a group's log. */
  group_message: v.strictObject({ ...common, ...groupMessage }),
} as const;

/** An entry of the trail. */
export const auditEntry = v.variant('kind', [
  kinds.began,
  kinds.certificate,
  kinds.handshake,
  kinds.resumption,
  kinds.handshake_failed,
  kinds.message,
  kinds.key_update,
  kinds.session_ended,
  kinds.refusal,
  kinds.refusals_omitted,
  kinds.entries_omitted,
  kinds.revocation,
  kinds.verification,
  kinds.deletion,
  kinds.group_commit,
  kinds.group_message,
]);

/** An entry as it was read: bytes are bytes. */
export type AuditEntry = v.InferOutput<typeof auditEntry>;
export type EntryOf<Kind extends AuditEntry['kind']> = Extract<AuditEntry, { readonly kind: Kind }>;

type Written = v.InferInput<typeof auditEntry>;
type WithoutPlace<Entry> = Entry extends Written ? Omit<Entry, 'index' | 'at' | 'prev'> : never;

/** What an entry says, before it has its place in the trail. Bytes are base64. */
export type EntryBody = WithoutPlace<Written>;
