import type { Subtle } from '../../protocol/crypto/subtle.ts';
import type { ResponseToSend } from '../../protocol/session/exchange/exchange.ts';
import type { StreamHead } from '../../protocol/wire/stream-payloads.ts';
import type { BodyView } from '../contracts/body-views.ts';
import type { ExchangeView } from '../contracts/views.ts';
import type { AgentStreams, StreamOwner } from '../streams/agent-streams.ts';
import type { GivenAnswer, GivenStream } from '../streams/given-answer.ts';
import { shownBytes } from '../streams/shown-bytes.ts';
import { ShownStream } from '../streams/shown-stream.ts';
import { KeptExchange, type KeptExchangeDeps } from './kept-exchange.ts';
import { responseError } from './refusal.ts';

/** What answers are given and kept with. */
export interface KeptAnswersDeps extends KeptExchangeDeps {
  readonly subtle: Subtle;
  readonly streams: AgentStreams;
}

/** A stream that is served, and what is shown of it. */
interface Served {
  readonly head: StreamHead;
  readonly shown: ShownStream;
  /** Has its exchange say from now on what becomes of it. */
  follow(kept: KeptExchange): void;
}

/** Keeps what this agent has answered, with the bytes of it or what becomes of its stream, and gives the RESPONSE. */
export class KeptAnswers {
  readonly #deps: KeptAnswersDeps;

  constructor(deps: KeptAnswersDeps) {
    this.#deps = deps;
  }

  /** Begins to keep a request that is stored and shown. */
  begin(view: ExchangeView): KeptExchange {
    return new KeptExchange(view, this.#deps);
  }

  /** Returns the RESPONSE with what a handler or a person has given. Rejects with `stream_limit_reached`. */
  async success(
    kept: KeptExchange,
    done: ExchangeView,
    owner: StreamOwner,
    given: GivenAnswer,
  ): Promise<ResponseToSend> {
    const { result, bytes } = given;
    const served = given.stream === undefined ? undefined : this.#serve(owner, given.stream);
    const answer = served?.shown.view ?? (await shownBytes(this.#deps, bytes));
    const settled = { ...done, result, status: 'success', ...(answer === undefined ? {} : { answer }) } as const;
    await kept.settle(settled, bytes);
    const response = { message_type: 'RESPONSE', request_id: owner.requestId, result } as const;
    if (served === undefined) return { json: { ...response, status: 'SUCCESS' }, attachment: bytes };
    served.follow(kept);
    return { json: { ...response, status: 'STREAM', stream: { ...served.head } } };
  }

  /** Returns the RESPONSE that says why there is no answer. */
  async error(kept: KeptExchange, done: ExchangeView, requestId: string, cause: unknown): Promise<ResponseToSend> {
    const { code, detail } = responseError(cause);
    await kept.settle({ ...done, status: 'error', error: { code, detail } });
    return { json: { message_type: 'RESPONSE', request_id: requestId, status: 'ERROR', error: { code, detail } } };
  }

  #serve(owner: StreamOwner, stream: GivenStream): Served {
    const holder: { kept?: KeptExchange } = {};
    const changed = (view: BodyView) => holder.kept?.streamed('answer', view);
    const shownOf = (head: StreamHead) => new ShownStream(head, changed);
    let shown: ShownStream | undefined;
    const head = this.#deps.streams.serve(owner, stream, (of) => {
      shown = shownOf(of);
      return shown;
    });
    const seen = shown ?? shownOf(head);
    const first = seen.view;
    return {
      head,
      shown: seen,
      follow: (kept) => {
        holder.kept = kept;
        // It may have moved, or failed, while its answer was being kept.
        if (seen.view !== first) changed(seen.view);
      },
    };
  }
}
