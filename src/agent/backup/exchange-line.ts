import * as v from 'valibot';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { anyJson, counter, timestamp } from '../../protocol/wire/members.ts';
import type { GroupAttachmentView, GroupPartView } from '../contracts/group-views.ts';
import type { NoMembers } from '../contracts/no-members.ts';
import type { HistoryExchange } from '../history/exchange-record.ts';
import { toGroupPartRecordV3 } from '../history/group-part-record.ts';
import { bodyLineV3, fromBodyLine, toBodyLine } from './body-line.ts';
import { parseLine, readLine, writeLine } from './json-line.ts';
import * as member from './members.ts';

/** A line of a `parley-history/1` file: an exchange under the names that the protocol page uses. It is never changed. */
const exchangeLineV1 = v.strictObject({
  peer_id: member.peerId,
  sequence: member.count,
  request_id: v.string(),
  session_id: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{32})?$/)),
  direction: v.picklist(['outgoing', 'incoming']),
  at: member.instant,
  sent_at: v.exactOptional(timestamp),
  method: v.string(),
  parameters: anyJson,
  status: v.picklist(['pending', 'held', 'success', 'error', 'failed']),
  result: v.exactOptional(anyJson),
  error: v.exactOptional(v.strictObject({ code: v.string(), detail: v.string() })),
  duration_ms: v.exactOptional(v.pipe(v.number(), v.finite())),
  answer_by: v.exactOptional(member.instant),
});

const answer = v.strictObject({
  from: member.agentId,
  at: member.instant,
  status: v.picklist(['success', 'error']),
  result: v.exactOptional(anyJson),
  error: v.exactOptional(v.strictObject({ code: v.string(), detail: v.string() })),
  message_id: v.exactOptional(member.messageId),
  sent_at: v.exactOptional(timestamp),
});

/** A line of a `parley-history/2` file: it may have a part that went through a group. It is never changed. */
const exchangeLineV2 = v.strictObject({
  ...exchangeLineV1.entries,
  group: v.exactOptional(
    v.strictObject({
      group_id: member.messageId,
      message_id: member.messageId,
      index: v.exactOptional(counter),
      sender: member.agentId,
      kind: v.picklist(['message', 'request']),
      to: v.exactOptional(v.array(member.agentId)),
      answers: v.array(answer),
      awaiting: v.array(member.agentId),
      expires_at: v.exactOptional(member.instant),
      delivery: v.picklist(['sending', 'stored', 'delivered']),
      attachment: v.exactOptional(
        v.strictObject({ size: counter, name: v.exactOptional(v.string()), media_type: v.exactOptional(v.string()) }),
      ),
      apart: v.exactOptional(v.picklist(['diverged', 'not_trusted'])),
    }),
  ),
});

/** A line of a `parley-history/3` file: it may say of the bytes of its request and its answer what they were. It is never changed. */
const exchangeLineV3 = v.strictObject({
  ...exchangeLineV2.entries,
  body: v.exactOptional(bodyLineV3),
  answer: v.exactOptional(bodyLineV3),
});

/** The versions of a history file. */
export type LineVersion = 1 | 2 | 3;
const lines = { 1: exchangeLineV1, 2: exchangeLineV2, 3: exchangeLineV3 } as const;

/** What a line holds. Times are in milliseconds since 1970, `sent_at` in Unix seconds. */
type ExchangeLineV2 = v.InferOutput<typeof exchangeLineV2>;
type ExchangeLineV3 = v.InferOutput<typeof exchangeLineV3>;
type GroupLineV2 = NonNullable<ExchangeLineV2['group']>;

/**
 * Returns the line of an exchange, its newline with it. Throws `invalid_input` for one that could not be read again, and says
 * which it is.
 */
export function writeExchangeLine(exchange: HistoryExchange): Bytes {
  const line = writeLine(toExchangeLine(exchange));
  const refusal = parseLine(exchangeLineV3, line).refusal;
  if (refusal === undefined) return line;
  throw new ParleyError(
    'invalid_input',
    `Exchange ${exchange.sequence} with ${exchange.peerId} cannot be exported: it ${refusal}. Delete it from the history, then export again. Nothing was written.`,
  );
}

/**
 * Reads what `writeExchangeLine` wrote, without the newline. Throws `invalid_input` for anything else, and says which line of the
 * file it is.
 */
export function readExchangeLine(line: Uint8Array, number: number, version: LineVersion): HistoryExchange {
  return fromExchangeLine(readLine(lines[version], line, number));
}

/** Returns the version of the file that can hold an exchange. */
export function versionOf({ group, body, answer }: HistoryExchange): LineVersion {
  if (body !== undefined || answer !== undefined) return 3;
  return group === undefined ? 1 : 2;
}

function toExchangeLine(exchange: HistoryExchange): ExchangeLineV3 {
  const { peerId, sequence, requestId, sessionId, direction, at, method, parameters, status, ...rest } = exchange;
  // The name of the key that asked is of use to this agent alone, which remembers what ran.
  const {
    sentAt,
    result,
    error,
    durationMs,
    answerBy,
    peerKey: _peerKey,
    waiting: _waiting,
    leaveUntil: _leaveUntil,
    body,
    answer,
    group,
    ...undecided
  } = rest;
  undecided satisfies NoMembers;
  return {
    peer_id: peerId,
    sequence,
    request_id: requestId,
    session_id: sessionId,
    direction,
    at,
    ...(sentAt === undefined ? {} : { sent_at: sentAt }),
    method,
    parameters,
    status,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error: { code: error.code, detail: error.detail } }),
    ...(durationMs === undefined ? {} : { duration_ms: durationMs }),
    ...(answerBy === undefined ? {} : { answer_by: answerBy }),
    ...(group === undefined ? {} : { group: toGroupLine(group) }),
    ...(body === undefined ? {} : { body: toBodyLine(body) }),
    ...(answer === undefined ? {} : { answer: toBodyLine(answer) }),
  };
}

function toGroupLine(group: GroupPartView): GroupLineV2 {
  const { groupId, messageId, expiresAt, attachment, answers, ...same } = toGroupPartRecordV3(group);
  return {
    ...same,
    group_id: groupId,
    message_id: messageId,
    answers: answers.map(({ messageId: message_id, sentAt: sent_at, ...rest }) => ({
      ...rest,
      ...(message_id === undefined ? {} : { message_id }),
      ...(sent_at === undefined ? {} : { sent_at }),
    })),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    ...(attachment === undefined ? {} : { attachment: toAttachmentLine(attachment) }),
  };
}

function toAttachmentLine({ mediaType, ...same }: GroupAttachmentView): NonNullable<GroupLineV2['attachment']> {
  return { ...same, ...(mediaType === undefined ? {} : { media_type: mediaType }) };
}

function fromGroupLine(line: GroupLineV2): GroupPartView {
  const { group_id, message_id, expires_at, attachment, answers, ...same } = line;
  return {
    ...same,
    groupId: group_id,
    messageId: message_id,
    answers: answers.map(({ message_id: messageId, sent_at: sentAt, ...rest }) => ({
      ...rest,
      ...(messageId === undefined ? {} : { messageId }),
      ...(sentAt === undefined ? {} : { sentAt }),
    })),
    ...(expires_at === undefined ? {} : { expiresAt: expires_at }),
    ...(attachment === undefined ? {} : { attachment: fromAttachmentLine(attachment) }),
  };
}

function fromAttachmentLine({ media_type, ...same }: NonNullable<GroupLineV2['attachment']>): GroupAttachmentView {
  return { ...same, ...(media_type === undefined ? {} : { mediaType: media_type }) };
}

function fromExchangeLine(line: ExchangeLineV3): HistoryExchange {
  const { peer_id, request_id, session_id, sent_at, duration_ms, answer_by, group, body, answer, ...same } = line;
  return {
    ...same,
    peerId: peer_id,
    requestId: request_id,
    sessionId: session_id,
    ...(sent_at === undefined ? {} : { sentAt: sent_at }),
    ...(duration_ms === undefined ? {} : { durationMs: duration_ms }),
    ...(answer_by === undefined ? {} : { answerBy: answer_by }),
    ...(group === undefined ? {} : { group: fromGroupLine(group) }),
    ...(body === undefined ? {} : { body: fromBodyLine(body) }),
    ...(answer === undefined ? {} : { answer: fromBodyLine(answer) }),
  };
}
