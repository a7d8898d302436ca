import type { JsonObject } from '../../../protocol/wire/json.ts';
import type { ExchangeView } from '../../contracts/views.ts';
import type { EntryOf } from './entries.ts';

/**
 * Returns the payloads that a message may have had, without its nonce, as its exchange tells them; none while it has
 * no such message. A request has gone with or without `sent_at`, as its session's peer takes it in.
 */
export function payloadsOf(
  type: EntryOf<'message'>['type'],
  { requestId: request_id, method, parameters, sentAt, status, result, error }: ExchangeView,
): readonly JsonObject[] {
  if (type === 'REQUEST') {
    const request = { message_type: type, request_id, method, parameters };
    return sentAt === undefined ? [request] : [{ ...request, sent_at: sentAt }, request];
  }
  if (type !== 'RESPONSE') return [];
  if (status === 'success' && result !== undefined)
    return [{ message_type: type, request_id, status: 'SUCCESS', result }];
  if (status === 'error' && error !== undefined) {
    return [{ message_type: type, request_id, status: 'ERROR', error: { code: error.code, detail: error.detail } }];
  }
  return [];
}
