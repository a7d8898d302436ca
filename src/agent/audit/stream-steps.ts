import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonObject, JsonValue } from '../../protocol/wire/json.ts';
import { readStreamReadResult, readStreamWriteResult } from '../../protocol/wire/stream-payloads.ts';

/** Reads and writes without an answer, and ends of streams, that are remembered at most. */
const mostRemembered = 10_000;

/**
 * Tells which messages of streams are no entries of the audit trail (protocol page, section 4.3): it keeps a stream as what it is, its
 * size and its hash, and none of the reads and writes between.
 */
export class StreamSteps {
  readonly #asked = new Map<string, { readonly streamId: string; readonly isRead: boolean }>();
  readonly #ends = new Map<string, true>();

  /** True for a message that is left out: a read, a write and its answer, and the end of a stream that was told before. */
  leavesOut(sessionId: string, direction: 'sent' | 'received', payload: JsonObject): boolean {
    const { message_type: type, request_id: id, stream_id } = payload;
    const streamId = String(stream_id);
    if (type === 'STREAM_READ' || type === 'STREAM_WRITE') {
      const isRead = type === 'STREAM_READ';
      remember(this.#asked, `${sessionId} ${direction} ${String(id)}`, { streamId, isRead });
      const { done, size, hash } = payload;
      return isRead || done !== true || !this.#isNew(`${streamId} ${String(size)} ${String(hash)}`);
    }
    if (type !== 'RESPONSE') return false;
    const key = `${sessionId} ${direction === 'sent' ? 'received' : 'sent'} ${String(id)}`;
    const asked = this.#asked.get(key);
    if (asked === undefined) return false;
    const { status, result } = payload;
    // Whoever serves or takes a stream ends it by an error, which is an entry.
    if (status === 'ERROR') {
      this.#asked.delete(key);
      return false;
    }
    if (status !== 'SUCCESS' || !isStepResult(asked.isRead, result)) return false;
    this.#asked.delete(key);
    const read = asked.isRead ? readStreamReadResult(result) : undefined;
    if (read?.hash === undefined) return true;
    return !this.#isNew(`${asked.streamId} ${read.size} ${encodeBase64(read.hash)}`);
  }

  /** True the first time that a stream is said to end so. */
  #isNew(key: string): boolean {
    if (this.#ends.has(key)) return false;
    remember(this.#ends, key, true);
    return true;
  }
}

/** A request may have the id of a read: its answer is told from that by its shape. */
function isStepResult(isRead: boolean, result: JsonValue | undefined): boolean {
  return (isRead ? readStreamReadResult(result) : readStreamWriteResult(result)) !== undefined;
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > mostRemembered && oldest !== undefined) map.delete(oldest);
}
