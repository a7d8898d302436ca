import { type Bytes, concat, toHex } from '../../protocol/bytes.ts';
import { mac } from '../../protocol/crypto/signatures.ts';
import { ScratchBuffer } from '../../protocol/scratch-buffer.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import { label } from '../../protocol/wire/label.ts';
import type { HistoryPlace, StoredExchange } from '../contracts/history-store.ts';
import type { ExchangeView } from '../contracts/views.ts';
import { type HistoryExchange, toExchangeRecord } from './exchange-record.ts';
import { openAt, openWithBytes, type RecordContext, sealAt } from './sealed-exchange.ts';

/** Bytes of an exchange's tag. */
const tagLength = 16;

/** True until it is known what became of a request. */
export function isOpen({ status }: Pick<ExchangeView, 'status'>): boolean {
  return status === 'pending' || status === 'held';
}

/** True until it is known what became of a request and of the streams of it, which may go on after its answer. */
export function isUnfinished({ status, body, answer }: Pick<ExchangeView, 'status' | 'body' | 'answer'>): boolean {
  return isOpen({ status }) || [body, answer].some((one) => one?.state === 'unread' || one?.state === 'open');
}

/**
 * Seals an exchange as the history's store keeps it. Its place is authenticated with it, and not encrypted once more:
 * it stands beside it. With `answerBytes` it is looked at again after a restart: they are kept for a time.
 */
export async function sealExchange(
  context: RecordContext,
  exchange: HistoryExchange,
  answerBytes?: Bytes,
): Promise<StoredExchange> {
  const { peerId, sessionId, direction, sequence, requestId, at } = exchange;
  const place = { peerId, sessionId, direction, sequence };
  const [sealed, tag] = await Promise.all([
    sealAt(context, aadOf(context.agentId, place), toExchangeRecord(exchange, answerBytes)),
    tagOf(context, direction, peerId, requestId),
  ]);
  return { ...place, ...sealed, at, isOpen: isUnfinished(exchange) || answerBytes !== undefined, tag };
}

/** Opens the exchange of a record; undefined when the record was damaged, altered or moved. */
export function openExchange(context: RecordContext, record: StoredExchange): Promise<HistoryExchange | undefined> {
  const { peerId, sessionId, direction, sequence } = record;
  return openAt(context, aadOf(context.agentId, record), record, { peerId, sessionId, direction, sequence });
}

/** Opens the exchange of a record, with the bytes that are kept with its answer; undefined as `openExchange`. */
export function openStoredAnswer(
  context: RecordContext,
  record: StoredExchange,
): Promise<{ readonly exchange: HistoryExchange; readonly answerBytes?: Bytes } | undefined> {
  const { peerId, sessionId, direction, sequence } = record;
  return openWithBytes(context, aadOf(context.agentId, record), record, { peerId, sessionId, direction, sequence });
}

/** Returns what is shown in the place of a record that cannot be read. */
export function unreadableExchange({
  peerId,
  sessionId,
  direction,
  sequence,
  at,
}: HistoryPlace & { readonly at: number }): HistoryExchange {
  return {
    requestId: `unreadable_${sequence}`,
    sessionId,
    peerId,
    direction,
    sequence,
    at,
    method: '',
    parameters: null,
    status: 'error',
    error: {
      code: 'decryption_failed',
      detail:
        'This exchange is stored, but cannot be read: it was damaged or changed on disk. Others are not affected.',
    },
  };
}

/**
 * Returns the tag that an exchange is found by: 16 bytes of HMAC-SHA-256 of its direction, peer and request_id,
 * lowercase hex.
 */
export async function tagOf(
  { keys, environment }: Pick<RecordContext, 'keys' | 'environment'>,
  direction: ExchangeView['direction'],
  peerId: string,
  requestId: string,
): Promise<string> {
  const named = canonicalBytes({ direction, peer_id: peerId, request_id: requestId });
  const whole = await ScratchBuffer.use((scratch) =>
    mac(environment.subtle, keys.index, scratch.concat(label('history tag'), named)),
  );
  return toHex(whole.subarray(0, tagLength));
}

function aadOf(agentId: string, { peerId, sessionId, direction, sequence }: HistoryPlace): Bytes {
  const place = { agent_id: agentId, peer_id: peerId, session_id: sessionId, direction, sequence };
  return concat(label('history record'), canonicalBytes(place));
}
