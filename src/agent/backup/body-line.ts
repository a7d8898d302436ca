import * as v from 'valibot';
import { counter } from '../../protocol/wire/members.ts';
import type { BodyView } from '../contracts/body-views.ts';
import { toBodyRecordV5 } from '../history/body-record.ts';

/** The bytes of a request or an answer in a line of a `parley-history/3` file: all but the bytes. It is never changed. */
export const bodyLineV3 = v.strictObject({
  kind: v.picklist(['bytes', 'stream']),
  media_type: v.string(),
  stream_id: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))),
  keep: v.exactOptional(counter),
  state: v.picklist(['unread', 'open', 'whole', 'stopped', 'failed']),
  size: v.exactOptional(counter),
  received: v.exactOptional(counter),
  name: v.exactOptional(v.string()),
  hash: v.exactOptional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}=$/))),
  error: v.exactOptional(v.strictObject({ code: v.string(), detail: v.string() })),
});
type BodyLineV3 = v.InferOutput<typeof bodyLineV3>;

/** Returns what a line says of bytes. */
export function toBodyLine(view: BodyView): BodyLineV3 {
  const { mediaType, streamId, ...same } = toBodyRecordV5(view);
  return { ...same, media_type: mediaType, ...(streamId === undefined ? {} : { stream_id: streamId }) };
}

/** Returns the bytes that a line tells of. */
export function fromBodyLine({ media_type, stream_id, ...same }: BodyLineV3): BodyView {
  return { ...same, mediaType: media_type, ...(stream_id === undefined ? {} : { streamId: stream_id }) };
}
