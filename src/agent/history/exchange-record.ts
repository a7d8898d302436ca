import * as v from 'valibot';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { decodeBase64, encodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import { anyJson } from '../../protocol/wire/members.ts';
import type { NoMembers } from '../contracts/no-members.ts';
import type { ExchangeView } from '../contracts/views.ts';
import { type BodyRecordV5, bodyRecordV5, toBodyRecordV5 } from './body-record.ts';
import { type GroupPartRecordV3, groupPartRecordV3, toGroupPartRecordV3 } from './group-part-record.ts';

/** An exchange that has its number in the history with its peer. */
export type HistoryExchange = ExchangeView & { readonly sequence: number };

/** Returns what an exchange is known by in its agent's history. */
export function keyOf({ peerId, sequence }: HistoryExchange): string {
  return `${peerId} ${sequence}`;
}

/** Returns an exchange that is no longer in the history. */
export function withoutNumber({ sequence: _, ...exchange }: HistoryExchange): ExchangeView {
  return exchange;
}

/** What stands beside an encrypted exchange, and is authenticated with it. */
export type ExchangePlace = Pick<HistoryExchange, 'peerId' | 'sessionId' | 'direction' | 'sequence'>;

/** Where the exchange stands. Version 1 alone has it in its plaintext. */
const placeV1 = {
  sessionId: v.string(),
  peerId: v.string(),
  direction: v.picklist(['outgoing', 'incoming']),
  sequence: v.pipe(v.number(), v.safeInteger()),
} as const;

/** Milliseconds since 1970, within what a date can be: what is beyond is never written, and throws where it is shown. */
const instant = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));

/** The plaintext of a history record since place and plaintext are apart (docs/history.md). It is never changed. */
const exchangeRecordV2 = v.object({
  requestId: v.string(),
  peerKey: v.exactOptional(v.string()),
  method: v.string(),
  parameters: anyJson,
  at: instant,
  sentAt: v.exactOptional(v.number()),
  status: v.picklist(['pending', 'held', 'success', 'error', 'failed']),
  answerBy: v.exactOptional(instant),
  result: v.exactOptional(anyJson),
  error: v.exactOptional(v.object({ code: v.string(), detail: v.string() })),
  durationMs: v.exactOptional(v.pipe(v.number(), v.finite())),
});

/** The plaintext of a record of an archive, and of a history record before version 2. It is never changed. */
const exchangeRecordV1 = v.object({ ...exchangeRecordV2.entries, ...placeV1 });

/** What an exchange that went through a group has beside either. It is never changed: what comes next is version 4. */
const group = { group: groupPartRecordV3 } as const;
const exchangeRecordV3 = v.object({ ...exchangeRecordV2.entries, ...group });
const archivedRecordV3 = v.object({ ...exchangeRecordV1.entries, ...group });

/** A request that is left where its peer is away, while it is under way. It is never changed: what comes next is version 5. */
const exchangeRecordV4 = v.object({ ...exchangeRecordV2.entries, leaveUntil: instant });

/**
 * An exchange with bytes. `answerBytes`: base64 of what an answer of this agent has beside it, up to 1 MiB, for as long as it may have to be
 * repeated. It is never changed: what comes next is version 6.
 */
const bodies = { body: v.exactOptional(bodyRecordV5), answer: v.exactOptional(bodyRecordV5) } as const;
const exchangeRecordV5 = v.object({
  ...exchangeRecordV2.entries,
  group: v.exactOptional(groupPartRecordV3),
  leaveUntil: v.exactOptional(instant),
  ...bodies,
  answerBytes: v.exactOptional(v.string()),
});
const archivedRecordV5 = v.object({
  ...exchangeRecordV1.entries,
  group: v.exactOptional(groupPartRecordV3),
  ...bodies,
});

/**
 * The JSON of a history record. Times are in milliseconds since 1970, `sentAt` in Unix seconds. Written out: the type that
 * follows from the schema is too deep for the compiler of who uses the package.
 */
type ExchangeRecordV2 = {
  requestId: string;
  peerKey?: string;
  method: string;
  parameters: JsonValue;
  at: number;
  sentAt?: number;
  status: 'pending' | 'held' | 'success' | 'error' | 'failed';
  answerBy?: number;
  result?: JsonValue;
  error?: { code: string; detail: string };
  durationMs?: number;
};
/** The same with its place in it. */
type ExchangeRecordV1 = ExchangeRecordV2 & {
  sessionId: string;
  peerId: string;
  direction: 'outgoing' | 'incoming';
  sequence: number;
};
/** Both with what a group has in it. */
type ExchangeRecordV3 = ExchangeRecordV2 & { group: GroupPartRecordV3 };
type ArchivedRecordV3 = ExchangeRecordV1 & { group: GroupPartRecordV3 };

/** Whether it is to be left: an archive does not say it, since nothing in it is sent. */
type ExchangeRecordV4 = ExchangeRecordV2 & { leaveUntil: number };

/** With bytes: those of the request, of the answer, or both. */
type Bodies = { body?: BodyRecordV5; answer?: BodyRecordV5 };
type ExchangeRecordV5 = ExchangeRecordV2 &
  Bodies & { group?: GroupPartRecordV3; leaveUntil?: number; answerBytes?: string };
type ArchivedRecordV5 = ExchangeRecordV1 & Bodies & { group?: GroupPartRecordV3 };

/** A history record of any version that is written. */
export type ExchangeRecord = ExchangeRecordV2 | ExchangeRecordV3 | ExchangeRecordV4 | ExchangeRecordV5;
/** The same in an archive. */
export type ArchivedRecord = ExchangeRecordV1 | ArchivedRecordV3 | ArchivedRecordV5;

/**
 * Returns what is written of an exchange beside its place: of version 5 when it has bytes, of version 3 when it went through a group, of
 * version 4 while it is to be left where its peer is away, else of version 2. `answerBytes` are kept with an answer of this agent.
 */
export function toExchangeRecord(exchange: HistoryExchange, answerBytes?: Bytes): ExchangeRecord {
  const record = toExchangeRecordV2(exchange);
  const { group: part, leaveUntil } = exchange;
  const group = part === undefined ? {} : { group: toGroupPartRecordV3(part) };
  const wish = leaveUntil === undefined || part !== undefined ? {} : { leaveUntil };
  const bytes = answerBytes === undefined ? {} : { answerBytes: encodeBase64(answerBytes) };
  return { ...record, ...group, ...wish, ...bodiesOf(exchange), ...bytes };
}

/** Returns what an archive keeps of an exchange: its place is in it. */
export function toArchivedRecord(exchange: HistoryExchange): ArchivedRecord {
  const { peerId, sessionId, direction, sequence, group } = exchange;
  const record = { ...toExchangeRecordV2(exchange), sessionId, peerId, direction, sequence };
  return { ...record, ...(group === undefined ? {} : { group: toGroupPartRecordV3(group) }), ...bodiesOf(exchange) };
}

function bodiesOf({ body, answer }: HistoryExchange): Bodies {
  return {
    ...(body === undefined ? {} : { body: toBodyRecordV5(body) }),
    ...(answer === undefined ? {} : { answer: toBodyRecordV5(answer) }),
  };
}

/** Returns the bytes that are kept with the answer in a decrypted record. */
export function answerBytesIn(json: unknown): Bytes | undefined {
  const record = v.safeParse(exchangeRecordV5, json);
  if (!record.success || record.output.answerBytes === undefined) return undefined;
  try {
    return decodeBase64(record.output.answerBytes);
  } catch (cause) {
    if (cause instanceof ParleyError) return undefined;
    throw cause;
  }
}

function toExchangeRecordV2(exchange: HistoryExchange): ExchangeRecordV2 {
  const { requestId, peerKey, method, parameters, at, sentAt, status, answerBy, result, error, durationMs, ...rest } =
    exchange;
  const { peerId: _peer, sessionId: _session, direction: _direction, sequence: _sequence, ...more } = rest;
  // What it waits for is true only while this run of the agent waits.
  const {
    waiting: _waiting,
    group: _group,
    leaveUntil: _leaveUntil,
    body: _body,
    answer: _answer,
    ...undecided
  } = more;
  undecided satisfies NoMembers;
  return {
    requestId,
    ...(peerKey === undefined ? {} : { peerKey }),
    method,
    parameters,
    at,
    ...(sentAt === undefined ? {} : { sentAt }),
    status,
    ...(answerBy === undefined ? {} : { answerBy }),
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error: toErrorV1(error) }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

/** Returns the exchange of a decrypted record of any version; undefined when it is none. `place` holds for a record that does not say. */
export function fromExchangeRecord(json: unknown, place?: ExchangePlace): HistoryExchange | undefined {
  // A part of a group, bytes, or a time to leave it until, that cannot be read does not make a record of one without it.
  const has = (name: string) => typeof json === 'object' && json !== null && name in json;
  const hasBytes = has('body') || has('answer');
  const archived = has('group') ? archivedRecordV3 : exchangeRecordV1;
  const whole = v.safeParse(hasBytes ? archivedRecordV5 : archived, json);
  if (whole.success) return whole.output;
  if (place === undefined) return undefined;
  if (hasBytes) {
    const record = v.safeParse(exchangeRecordV5, json);
    if (!record.success) return undefined;
    const { answerBytes: _, ...exchange } = record.output;
    return { ...exchange, ...place };
  }
  const unlessInGroup = has('leaveUntil') ? exchangeRecordV4 : exchangeRecordV2;
  const apart = v.safeParse(has('group') ? exchangeRecordV3 : unlessInGroup, json);
  return apart.success ? { ...apart.output, ...place } : undefined;
}

function toErrorV1({
  code,
  detail,
  ...undecided
}: NonNullable<ExchangeView['error']>): NonNullable<ExchangeRecordV2['error']> {
  undecided satisfies NoMembers;
  return { code, detail };
}
