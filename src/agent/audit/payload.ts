import type { JsonObject } from '../../protocol/wire/json.ts';
import type { ExchangeView } from '../views.ts';
import type { EntryOf } from './entries.ts';

/** The payload of a message without its nonce, as its exchange tells it; none while it has no such message. */
export function payloadOf(
  type: EntryOf<'message'>['type'],
  { requestId: request_id, method, parameters, status, result, error }: ExchangeView,
): JsonObject | undefined {
  if (type === 'REQUEST') return { message_type: type, request_id, method, parameters };
  if (type !== 'RESPONSE') return undefined;
  if (status === 'success' && result !== undefined)
    return { message_type: type, request_id, status: 'SUCCESS', result };
  if (status === 'error' && error !== undefined) {
    return { message_type: type, request_id, status: 'ERROR', error: { code: error.code, detail: error.detail } };
  }
  return undefined;
}
