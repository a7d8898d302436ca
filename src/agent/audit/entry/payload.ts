import type { JsonObject } from '../../../protocol/wire/json.ts';
import type { BodyView } from '../../contracts/body-views.ts';
import type { ExchangeView } from '../../contracts/views.ts';
import type { EntryOf } from './entries.ts';

/**
 * Returns the payloads that a message may have had, without its nonce, as its exchange tells them; none while it has
 * no such message. A request has gone with or without `sent_at`, as its session's peer takes it in, and a stream may have told its size
 * only at its end. What only ends a request, or a stream, is in no exchange.
 */
export function payloadsOf(
  type: EntryOf<'message'>['type'],
  { requestId: request_id, method, parameters, sentAt, status, result, error, body, answer }: ExchangeView,
): readonly JsonObject[] {
  if (type === 'REQUEST') {
    const request = { message_type: type, request_id, method, parameters };
    const dated = sentAt === undefined ? [request] : [{ ...request, sent_at: sentAt }, request];
    return dated.flatMap((one) => bytesOf(body).map((bytes) => ({ ...one, ...bytes })));
  }
  if (type !== 'RESPONSE') return [];
  const response = { message_type: type, request_id };
  const answers: JsonObject[] = [];
  if (result !== undefined) {
    const name = answer?.kind === 'stream' ? 'STREAM' : 'SUCCESS';
    if (status === 'success')
      answers.push(...bytesOf(answer).map((bytes) => ({ ...response, status: name, result, ...bytes })));
  }
  if (status === 'error' && error !== undefined) {
    answers.push({ ...response, status: 'ERROR', error: { code: error.code, detail: error.detail } });
  }
  // A long request is told first that it is under way (protocol page, section 4.3).
  return [...answers, { ...response, status: 'PENDING' }];
}

/** Returns what a payload may have said of its bytes: `attachment`, or the head of a stream. */
function bytesOf(view: BodyView | undefined): readonly JsonObject[] {
  if (view === undefined) return [{}];
  const { kind, streamId, mediaType, size, name, keep } = view;
  if (kind === 'bytes') return size === undefined ? [] : [{ attachment: { size } }];
  if (streamId === undefined) return [];
  const head = {
    ...{ stream_id: streamId, media_type: mediaType },
    ...(name === undefined ? {} : { name }),
    ...(keep === undefined ? {} : { keep }),
  };
  return [...(size === undefined ? [] : [{ stream: { ...head, size } }]), { stream: head }];
}
