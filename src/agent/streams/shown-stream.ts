import type { Bytes } from '../../protocol/bytes.ts';
import type { StreamEnd } from '../../protocol/crypto/stream-hash.ts';
import type { ParleyError } from '../../protocol/errors.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { isStreamId, type StreamHead } from '../../protocol/wire/stream-payloads.ts';
import { type BodyView, isUnderWay } from '../contracts/body-views.ts';

/** Characters of a text that are shown while it comes. */
const mostText = 64 * 1024;

/** True for the media type of a text, and of lines of JSON: what is shown as it comes. */
export function isShownText(mediaType: string): boolean {
  return /^(?:text\/|application\/jsonl\b)/i.test(mediaType);
}

/** Hears how far a stream has come. Each end is told once, and nothing after it. */
export interface StreamWatch {
  /** Bytes have moved up to offset `to`; `bytes` are the last of them, where they are at hand in their order. */
  moved(to: number, bytes?: Bytes): void;
  whole(end: StreamEnd): void;
  /** Either side has ended it, or it could not come whole. */
  ended(error: ParleyError): void;
}

/** What is shown of a stream, from its head to its end. */
export class ShownStream implements StreamWatch {
  readonly #changed: (view: BodyView) => void;
  #view: BodyView;
  #decoder: TextDecoder | undefined;
  #text = '';

  /** `changed` hears every view after the first one; the last has none of the states `unread` and `open`. */
  constructor(head: StreamHead, changed: (view: BodyView) => void) {
    this.#changed = changed;
    this.#view = streamView(head);
    if (isShownText(head.media_type)) this.#decoder = new TextDecoder();
  }

  get view(): BodyView {
    return this.#view;
  }

  moved(to: number, bytes?: Bytes): void {
    if (!isUnderWay(this.#view) || to <= (this.#view.received ?? -1)) return;
    this.#put({ state: 'open', received: to, ...this.#shownText(bytes) });
  }

  whole({ size, hash }: StreamEnd): void {
    this.#put({ state: 'whole', received: size, size, hash: encodeBase64(hash) });
  }

  ended({ code, detail }: ParleyError): void {
    this.#put(code === 'cancelled' ? { state: 'stopped' } : { state: 'failed', error: { code, detail } });
  }

  #put(change: Partial<BodyView>): void {
    if (!isUnderWay(this.#view)) return;
    this.#view = { ...this.#view, ...change };
    this.#changed(this.#view);
  }

  #shownText(bytes: Bytes | undefined): { readonly text?: string } {
    if (this.#decoder === undefined || bytes === undefined) return {};
    this.#text += this.#decoder.decode(bytes.subarray(0, mostText), { stream: true });
    if (bytes.length > mostText || this.#text.length >= mostText) this.#decoder = undefined;
    return { text: this.#text.slice(0, mostText) };
  }
}

/** Returns what is shown of a stream that nobody has read. */
function streamView({ stream_id: streamId, media_type: mediaType, size, name, keep }: StreamHead): BodyView {
  return {
    kind: 'stream',
    mediaType,
    streamId,
    state: 'unread',
    ...(size === undefined ? {} : { size }),
    ...(name === undefined ? {} : { name }),
    ...(keep === undefined ? {} : { keep }),
  };
}

/** Returns the head of a stream of which this is shown; undefined for bytes, and without any. */
export function headOf({ streamId, mediaType, size, name, keep }: Partial<BodyView> = {}): StreamHead | undefined {
  if (streamId === undefined || mediaType === undefined || !isStreamId(streamId)) return undefined;
  return {
    stream_id: streamId,
    media_type: mediaType,
    ...(size === undefined ? {} : { size }),
    ...(name === undefined ? {} : { name }),
    ...(keep === undefined ? {} : { keep }),
  };
}
