import * as v from 'valibot';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { anyJson, timestamp } from '../../protocol/wire/members.ts';
import type { NoMembers } from '../contracts/no-members.ts';
import type { HistoryExchange } from '../history/exchange-record.ts';
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

/** What a line holds. Times are in milliseconds since 1970, `sent_at` in Unix seconds. */
type ExchangeLineV1 = v.InferOutput<typeof exchangeLineV1>;

/**
 * Returns the line of an exchange, its newline with it. Throws `invalid_input` for one that could not be read again, and says
 * which it is.
 */
export function writeExchangeLine(exchange: HistoryExchange): Bytes {
  const line = writeLine(toExchangeLineV1(exchange));
  const refusal = parseLine(exchangeLineV1, line).refusal;
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
export function readExchangeLine(line: Uint8Array, number: number): HistoryExchange {
  return fromExchangeLineV1(readLine(exchangeLineV1, line, number));
}

function toExchangeLineV1(exchange: HistoryExchange): ExchangeLineV1 {
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
    group: _group,
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
  };
}

function fromExchangeLineV1(line: ExchangeLineV1): HistoryExchange {
  const { peer_id, request_id, session_id, sent_at, duration_ms, answer_by, ...same } = line;
  return {
    ...same,
    peerId: peer_id,
    requestId: request_id,
    sessionId: session_id,
    ...(sent_at === undefined ? {} : { sentAt: sent_at }),
    ...(duration_ms === undefined ? {} : { durationMs: duration_ms }),
    ...(answer_by === undefined ? {} : { answerBy: answer_by }),
  };
}
