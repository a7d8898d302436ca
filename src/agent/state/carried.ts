import type { Bytes } from '../../protocol/bytes.ts';
import { cutText } from '../../protocol/wire/cut.ts';
import type { JsonObject, JsonValue } from '../../protocol/wire/json.ts';
import type { CarriedView } from '../contracts/carried-view.ts';

/** Characters of a peer's ids and codes that are noted. */
const mostText = 128;

/** Returns what a payload asks for, when it is about a stream or ends a request; undefined for everything else. */
export function askedBy(payload: JsonObject, attachment: Bytes | undefined): CarriedView | undefined {
  const { message_type: asked, stream_id: streamId, from, done, cancels } = payload;
  switch (asked) {
    case 'STREAM_READ':
      return { asked, ...textAt('streamId', streamId), ...numberAt('from', from) };
    case 'STREAM_WRITE': {
      const part = { length: attachment?.length ?? 0, isDone: done === true };
      return { asked, ...textAt('streamId', streamId), ...numberAt('from', from), ...part };
    }
    case 'CANCEL':
      return { asked, ...textAt('cancels', cancels) };
    case 'REQUEST': {
      const id = memberOf(payload.stream, 'stream_id');
      return id === undefined ? undefined : { asked, ...textAt('streamId', id) };
    }
    default:
      return undefined;
  }
}

/** Returns what was asked with what the RESPONSE says of it; undefined for a request that was answered at once, with no stream. */
export function answeredBy(
  asked: CarriedView | undefined,
  response: JsonObject,
  attachment: Bytes | undefined,
): CarriedView | undefined {
  const { status: answered, result } = response;
  if (answered !== 'SUCCESS' && answered !== 'ERROR' && answered !== 'STREAM' && answered !== 'PENDING') return asked;
  const isPlain = answered === 'SUCCESS' || answered === 'ERROR';
  if (asked === undefined && isPlain) return undefined;
  const known = asked ?? { asked: 'REQUEST' };
  if (answered === 'STREAM')
    return { ...known, answered, ...textAt('streamId', memberOf(response.stream, 'stream_id')) };
  if (answered === 'ERROR') return { ...known, answered, ...textAt('code', memberOf(response.error, 'code')) };
  if (known.asked !== 'STREAM_READ' || answered !== 'SUCCESS') return { ...known, answered };
  return { ...known, answered, length: attachment?.length ?? 0, isDone: memberOf(result, 'done') === true };
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([each]) => each === name)?.[1];
}

function textAt<Name extends string>(name: Name, value: JsonValue | undefined): Partial<Record<Name, string>>;
function textAt(name: string, value: JsonValue | undefined): Record<string, string> {
  return typeof value === 'string' ? { [name]: cutText(value, mostText) } : {};
}

function numberAt<Name extends string>(name: Name, value: JsonValue | undefined): Partial<Record<Name, number>>;
function numberAt(name: string, value: JsonValue | undefined): Record<string, number> {
  return typeof value === 'number' ? { [name]: value } : {};
}
