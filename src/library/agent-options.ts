import type { AgentEvent, Json } from '../agent/contracts/views.ts';
import type { Impatience } from '../agent/messages/sending.ts';
import type { StoreOptions } from '../host/platform.ts';
import type { ErrorListener } from './error-listener.ts';
import type { AnsweredBytes, AnyMethods, HandlersOf } from './typed-methods.ts';

/** Bytes that go with a request: whole, of a file, as a stream, or `streamed` with a name and a media type. An async generator gives JSON values. */
export type GivenBody = AnsweredBytes | AsyncIterable<Json>;

/** How a request is sent. */
export interface SendOptions extends Impatience {
  /** Bytes that go with it; the handler reads them as `body`. */
  readonly body?: GivenBody | undefined;
  /** Sends a request of this id again: a peer that has run it repeats its answer. */
  readonly requestId?: string;
}

/** How a request is sent that is stored for a peer that is away. */
export interface AwayOptions extends Omit<SendOptions, 'body'> {
  readonly whenAway: 'store';
  /** Milliseconds within which it may be answered: a day when absent, 30 days at most. */
  readonly expires?: number;
}

/** How an agent is opened. */
export interface AgentOptions<M = AnyMethods> extends StoreOptions, Impatience {
  /** `[a-z][a-z0-9_]{2,62}`; belongs to the keys that register it first. */
  readonly id: string;
  /** Base URL of a Parley server, such as `https://parley.example`. */
  readonly server: string;
  /** What the agent answers, by method. */
  readonly methods?: HandlersOf<M>;
  /** For a server that registers new agents for a token only. */
  readonly registrationToken?: string;
  /** Base URL of its own, when something else passes what comes there to `fetch`. */
  readonly address?: string;
  /** False for an agent that only asks, and cannot be asked. */
  readonly reachable?: boolean;
  /** On Node: true lets the process end while the agent is open; see `ParleyAgent.unref`. */
  readonly unref?: boolean;
  /** Hears everything that happens: sessions, checks, the line to the relay, and requests with what they said. No event holds a key. */
  readonly onEvent?: (event: AgentEvent) => unknown;
  /** Hears what the application's own functions throw: handlers and `onEvent`. Without it, the console is told. */
  readonly onError?: ErrorListener;
}
