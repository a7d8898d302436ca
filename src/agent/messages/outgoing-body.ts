import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { StreamHead } from '../../protocol/wire/stream-payloads.ts';
import type { BodyView } from '../contracts/body-views.ts';
import type { ExchangeView } from '../contracts/views.ts';
import type { GivenStream } from '../streams/given-answer.ts';
import { shownBytes } from '../streams/shown-bytes.ts';
import { ShownStream } from '../streams/shown-stream.ts';

/** The bytes that go with a request of this agent, as they are shown. */
export class OutgoingBody {
  readonly #changed: (view: BodyView) => void;
  #view: BodyView | undefined;
  #shown: ShownStream | undefined;

  private constructor(view: BodyView | undefined, changed: (view: BodyView) => void) {
    this.#view = view;
    this.#changed = changed;
  }

  /** `changed` hears how far a stream has come. */
  static async of(
    environment: Pick<Environment, 'subtle'>,
    body: Bytes | GivenStream | undefined,
    changed: (view: BodyView) => void,
  ): Promise<OutgoingBody> {
    if (body === undefined || body instanceof Uint8Array) {
      return new OutgoingBody(await shownBytes(environment, body), changed);
    }
    const { mediaType, size, name } = body;
    const known = { ...(size === undefined ? {} : { size }), ...(name === undefined ? {} : { name }) };
    return new OutgoingBody({ kind: 'stream', mediaType, state: 'unread', ...known }, changed);
  }

  /** Returns the member of its exchange as it is now. */
  get member(): Pick<ExchangeView, 'body'> {
    const body = this.#shown?.view ?? this.#view;
    return body === undefined ? {} : { body };
  }

  /** Shows a stream from now on. */
  readonly shownOf = (head: StreamHead): ShownStream => {
    this.#shown = new ShownStream(head, this.#changed);
    return this.#shown;
  };
}

/** Throws `stream_gone` for a request of an earlier run whose bytes went with that run: it is never sent without them. */
export function requireNoBody({ body }: Pick<ExchangeView, 'body'>): void {
  if (body === undefined) return;
  throw new ParleyError(
    'stream_gone',
    'The bytes of this request were in memory alone when this agent was closed. It was not sent again. Send it as a new one.',
  );
}
