import * as v from 'valibot';
import { withoutTrailingSlash } from '../../../http/base-url.ts';
import { readBody } from '../../../http/body.ts';
import { retryAfterOf } from '../../../http/retry-after.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { asParleyError, type ErrorExtras, ParleyError } from '../../../protocol/errors.ts';
import type { JsonObject } from '../../../protocol/wire/json.ts';
import { parseMessage, parseObject, readProblem } from '../../../protocol/wire/parse.ts';
import type { Network } from '../../contracts/ports.ts';

/** Milliseconds to an answer: of a call with little in it, and of one that carries up to some megabytes. */
const deadlineMs = { small: 10_000, large: 60_000 } as const;
/** Bytes of an answer: base64 of 4 MiB and the lists of 256 commits fit into the large one. */
const answerLimit = { small: 64 * 1024, large: 16 * 1024 * 1024 } as const;

/** A call of the service. */
export interface DeliveryCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Path and query under the service's base URL. */
  readonly path: string;
  readonly body?: JsonObject;
  readonly token?: string;
  /** `large` for what carries messages. */
  readonly size?: keyof typeof deadlineMs;
  /** It is made also after `close`. */
  readonly isLast?: true;
}

/** What the service refused, with the members that its problem has beside those of every problem. */
export class DeliveryRefusal extends ParleyError {
  /** With `group_epoch_conflict`: the index of the newest commit entry. */
  override readonly index: number | undefined;

  constructor(error: ParleyError, index: number | undefined) {
    const { retryAfter, now } = error;
    super(error.code, error.detail, {
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(now === undefined ? {} : { now }),
    });
    this.index = index;
  }
}

const indexed = v.object({ index: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

/** Makes single calls of the delivery service, and reads what comes back. */
export class DeliveryHttp {
  /** The service's base URL, as tokens name it. */
  readonly server: string;
  readonly #network: Network;
  /** Milliseconds since 1970. */
  readonly #now: () => number;
  readonly #ended = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(network: Network, server: string, now: () => number) {
    this.#network = network;
    this.server = withoutTrailingSlash(server);
    this.#now = now;
  }

  /**
   * Makes a call once and reads its answer by a schema. Rejects with a `DeliveryRefusal` for a problem of the service, and with
   * `delivery_unreachable`, `tls_untrusted` or `rate_limited` when no answer of it came; with `not_registered` after `close`.
   */
  async call<const Schema extends v.GenericSchema>(schema: Schema, call: DeliveryCall): Promise<v.InferOutput<Schema>> {
    if (this.#isClosed && call.isLast !== true) throw stopped();
    const work = this.#call(schema, call);
    this.#underWay.add(work);
    return work.finally(() => this.#underWay.delete(work));
  }

  /** Makes no call from now on; those under way go on. */
  close(): void {
    this.#isClosed = true;
  }

  /** Waits for no answer any more: calls under way reject with `not_registered`. */
  end(): void {
    this.#ended.abort();
  }

  /** Resolves once no call is under way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  async #call<const Schema extends v.GenericSchema>(
    schema: Schema,
    { size = 'small', ...call }: DeliveryCall,
  ): Promise<v.InferOutput<Schema>> {
    const response = await this.#send(this.#request(call), deadlineMs[size]);
    const body = await this.#read(response, answerLimit[size]);
    if (!response.ok) throw this.#refusal(response, body);
    try {
      return parseMessage(schema, parseObject(body, answerLimit[size])).value;
    } catch (cause) {
      throw this.#notTheService({ cause });
    }
  }

  /** Opens the stream of notices. Rejects as `call`, and with `unavailable` where the network has no streams. */
  async stream(path: string, token: string, signal: AbortSignal): Promise<Response> {
    const { stream } = this.#network;
    if (stream === undefined) throw new ParleyError('unavailable', 'This network carries no streams.');
    if (this.#isClosed) throw stopped();
    const request = new Request(this.server + path, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
      signal,
    });
    const response = await stream(request).catch((cause: unknown) => {
      throw notAnswered(cause);
    });
    if (response.ok) return response;
    throw this.#refusal(response, await this.#read(response, answerLimit.small));
  }

  #request({ method, path, body, token }: DeliveryCall): Request {
    return new Request(this.server + path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: this.#ended.signal,
    });
  }

  async #send(request: Request, ms: number): Promise<Response> {
    try {
      // A network may not hear of the signal.
      return await this.#untilEnded(this.#network.send(request, ms));
    } catch (cause) {
      throw this.#ended.signal.aborted ? stopped() : notAnswered(cause);
    }
  }

  /** Settles as `work`, or rejects at the end of all calls. A race with one promise of that end would keep every answer as long as this. */
  #untilEnded<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#ended;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const end = () => reject(stopped());
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
    return promise;
  }

  async #read(response: Response, limit: number): Promise<Bytes> {
    try {
      return await this.#untilEnded(readBody(response, limit));
    } catch (cause) {
      throw this.#ended.signal.aborted ? stopped() : this.#notTheService({ cause });
    }
  }

  #refusal(response: Response, body: Bytes): ParleyError {
    const retry = retryAfterOf(response, this.#now());
    const problem = readProblem(body, answerLimit.small);
    if (problem === undefined) return this.#notTheService({ status: response.status, ...retry });
    const { code, detail, now } = problem;
    const error = new ParleyError(code, detail, { ...retry, ...(now === undefined ? {} : { now }) });
    return new DeliveryRefusal(error, indexIn(body));
  }

  #notTheService({ status, ...extras }: ErrorExtras & { readonly status?: number }): ParleyError {
    const { host } = new URL(this.server);
    if (status === 429) {
      return new ParleyError(
        'rate_limited',
        `A proxy at ${host} refuses more requests for now. Try again later.`,
        extras,
      );
    }
    const said = status === undefined ? '' : ` (HTTP ${status})`;
    const detail = `What answers at ${host} is not a Parley delivery service${said}. Nothing was lost. Check the server, and any proxy in between.`;
    return new ParleyError('delivery_unreachable', detail, extras);
  }
}

/** Returns the error of a service that gave no answer, with the network's reason. */
function notAnswered(cause: unknown): ParleyError {
  const { code, detail, cause: reason } = asParleyError(cause, 'peer_unreachable');
  if (code === 'tls_untrusted') return new ParleyError(code, detail, { cause: reason ?? cause });
  const why = cause instanceof ParleyError ? detail : 'Check the connection.';
  return new ParleyError('delivery_unreachable', `The delivery service does not answer. Nothing was lost. ${why}`, {
    cause: reason ?? cause,
  });
}

function stopped(): ParleyError {
  return new ParleyError('not_registered', 'This agent was stopped. What was stored goes on at its next start.');
}

/** Returns the index that a problem says; undefined for one that says none. */
function indexIn(body: Bytes): number | undefined {
  const read = v.safeParse(indexed, parseObject(body, answerLimit.small));
  return read.success ? read.output.index : undefined;
}
