import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import type { StreamHead } from '../../protocol/wire/stream-payloads.ts';
import type { Scheduler } from '../contracts/ports.ts';
import type { GivenStream } from '../streams/given-answer.ts';
import type { StreamWatch } from '../streams/shown-stream.ts';
import type { Delivered, Delivery, Message } from './delivery.ts';
import { RequestStream } from './request-stream.ts';
import type { Sending } from './sending.ts';
import type { StreamCalls } from './stream-calls.ts';

/** What requests are posted with. */
export interface PostingDeps {
  readonly delivery: Pick<Delivery, 'deliver'>;
  readonly environment: Pick<Environment, 'subtle' | 'random'>;
  readonly scheduler: Scheduler;
  readonly calls: StreamCalls;
}

/** A request, and the bytes that go with it: whole, or as a stream. */
export interface Posted {
  readonly message: Message;
  readonly body?: Bytes | GivenStream | undefined;
  /** Gives who shows how far a stream has come. */
  readonly shownOf?: ((head: StreamHead) => StreamWatch) | undefined;
}

/** Delivers requests over a session, each with its body. */
export class Posting {
  readonly #deps: PostingDeps;

  constructor(deps: PostingDeps) {
    this.#deps = deps;
  }

  /** Delivers a request, with its bytes beside it or as a stream that is written once the peer has it. Rejects as `Delivery.deliver` does. */
  async deliver(sending: Sending, { message, body, shownOf }: Posted): Promise<Delivered> {
    const { delivery, environment, scheduler, calls } = this.#deps;
    if (body === undefined || body instanceof Uint8Array)
      return delivery.deliver(sending, message, { attachment: body });
    const writing = new RequestStream(body, { environment, scheduler, calls, sending, shownOf });
    try {
      const beside = { pending: () => writing.start() };
      return await delivery.deliver(sending, { ...message, stream: { ...writing.head } }, beside);
    } finally {
      await writing.end();
    }
  }
}
