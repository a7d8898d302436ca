import * as v from 'valibot';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { anyJson, timestamp } from '../../protocol/wire/members.ts';
import type { KeptExchange } from '../history/sealed-exchange.ts';
import { parseLine, readLine, writeLine } from './json-line.ts';
import * as member from './members.ts';

/** A line of the file: an exchange under the names that the protocol page uses. */
const exchangeLine = v.strictObject({
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

/** The line of an exchange, its newline with it. `invalid_input` for one that could not be read again, and which it is. */
export function writeExchangeLine(exchange: KeptExchange): Bytes {
  const { peerId, sequence, requestId, sessionId, direction, at, method, parameters, status, result, error } = exchange;
  const line = writeLine({
    peer_id: peerId,
    sequence,
    request_id: requestId,
    session_id: sessionId,
    direction,
    at,
    sent_at: exchange.sentAt,
    method,
    parameters,
    status,
    result,
    error: error === undefined ? undefined : { code: error.code, detail: error.detail },
    duration_ms: exchange.durationMs,
    answer_by: exchange.answerBy,
  });
  const refusal = parseLine(exchangeLine, line).refusal;
  if (refusal === undefined) return line;
  throw new ParleyError(
    'invalid_input',
    `Exchange ${sequence} with ${peerId} cannot be exported: it ${refusal}. Delete it from the history, then export again. Nothing was written.`,
  );
}

/** Reads what `writeExchangeLine` wrote, without the newline. `invalid_input`, and which line of the file, for anything else. */
export function readExchangeLine(line: Uint8Array, number: number): KeptExchange {
  const { peer_id, request_id, session_id, sent_at, duration_ms, answer_by, ...same } = readLine(
    exchangeLine,
    line,
    number,
  );
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
