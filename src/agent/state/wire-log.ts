import { readBody } from '../../http/body.ts';
import { retryAfterOf } from '../../http/retry-after.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { Answer } from '../../protocol/session/exchange/exchange.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { type EnvelopeForm, envelopeTypes, formOfType, type MessageBody } from '../../protocol/wire/envelope-form.ts';
import { beginsObject } from '../../protocol/wire/parse.ts';
import type { CarriedView } from '../contracts/carried-view.ts';
import { failureView } from '../contracts/failures.ts';
import type { Network } from '../contracts/ports.ts';
import type { WireView } from '../contracts/views.ts';
import type { ActivityLog } from './activity-log.ts';

const decoder = new TextDecoder('utf-8');
/** Bytes of a body that the log keeps: any handshake message, and no flood of large bodies. */
const kept = 16 * 1024;

/** Whom an HTTP exchange is with and what it belongs to. */
export interface Correspondence {
  readonly peerId: string;
  readonly sessionId: string;
  /** The request that an envelope carries. */
  readonly requestId?: string;
  /** What it carries of a stream. */
  readonly carried?: CarriedView;
}

/** Whom an HTTP exchange is with, and who hears that it is logged. */
export interface Logged extends Correspondence {
  /** Called with what adds to the entry what the opened answer says. */
  logged?(add: (carried: CarriedView) => void): void;
}

/** How long an answer is waited for, and what ends the wait. */
export interface Patience {
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The agent's HTTP, both ways, and the log of it: exactly what an observer of the network sees. */
export class WireLog {
  readonly #activity: ActivityLog;
  readonly #environment: Pick<Environment, 'now' | 'monotonic'>;
  readonly #newId: () => string;

  constructor(activity: ActivityLog, environment: Pick<Environment, 'now' | 'monotonic'>, newId: () => string) {
    this.#activity = activity;
    this.#environment = environment;
    this.#newId = newId;
  }

  /**
   * Posts a protocol body to a peer. Rejects with `peer_unreachable`, with `invalid_answer` when the answer is not JSON, and with the
   * reason of `signal`.
   */
  async post(
    network: Network,
    url: string,
    { form, bytes }: MessageBody,
    { logged, ...who }: Logged,
    { deadlineMs, signal }: Patience = {},
  ): Promise<Answer> {
    const started = this.#environment.monotonic();
    const entry = {
      id: this.#newId(),
      at: this.#environment.now(),
      direction: 'outgoing',
      method: 'POST',
      url,
      ...who,
      ...requestOf(form, bytes),
    } as const;
    this.#activity.putWire(entry);
    const elapsed = () => this.#environment.monotonic() - started;
    const headers = { 'content-type': envelopeTypes[form] };
    const send = async () => {
      const request = new Request(url, {
        method: 'POST',
        headers,
        body: bytes,
        ...(signal === undefined ? {} : { signal }),
      });
      const response = await network.send(request, deadlineMs);
      return { response, answer: await readBody(response, limits.messageBody) };
    };
    const { response, answer } = await unlessAborted(send(), signal).catch((cause: unknown) => {
      if (signal?.aborted === true) {
        this.#activity.putWire({ ...entry, durationMs: elapsed(), failure: failureView(notAwaited()) });
        throw signal.reason;
      }
      const error = asParleyError(cause, 'peer_unreachable');
      this.#activity.putWire({ ...entry, durationMs: elapsed(), failure: failureView(error) });
      throw error;
    });
    const answered = formOfType(response.headers.get('content-type'));
    const done = { ...entry, status: response.status, ...responseOf(answered, answer), durationMs: elapsed() };
    this.#activity.putWire(done);
    logged?.((carried) => this.#activity.putWire({ ...done, carried }));
    const retryAfter = retryAfterOf(response, this.#environment.now());
    // Of JSON by what it says, not by its content-type, which is not checked (protocol page, section 1).
    if (answered === 'json' && !beginsObject(answer)) throw notAnAgent(response.status, retryAfter);
    return { ok: response.ok, body: answer, form: answered, ...retryAfter };
  }

  /** Answers an incoming request by `handle` and logs both bodies. `handle` is given the body within its limit. */
  async serve(
    request: Request,
    limit: number,
    handle: (body: MessageBody, know: (who: Correspondence) => void) => Promise<Response>,
  ): Promise<Response> {
    const started = this.#environment.monotonic();
    const bytes = await readBody(request, limit);
    const form = formOfType(request.headers.get('content-type'));
    let entry: WireView = {
      id: this.#newId(),
      at: this.#environment.now(),
      direction: 'incoming',
      method: request.method,
      url: request.url,
      ...requestOf(form, bytes),
    };
    this.#activity.putWire(entry);
    const response = await handle({ form, bytes }, (who) => {
      entry = { ...entry, ...who };
    });
    const answer = new Uint8Array(await response.clone().arrayBuffer());
    this.#activity.putWire({
      ...entry,
      status: response.status,
      ...responseOf(formOfType(response.headers.get('content-type')), answer),
      durationMs: this.#environment.monotonic() - started,
    });
    return response;
  }
}

/** Settles as `work`, or rejects with the signal's reason: a network may know nothing of it. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function notAwaited(): ParleyError {
  return new ParleyError('cancelled', 'This attempt was cancelled before an answer came.');
}

/** Returns the error of an answer without JSON: a proxy before the agent gives its own, by their status. */
function notAnAgent(status: number, retryAfter: { readonly retryAfter?: number }): ParleyError {
  if (status === 413) {
    return new ParleyError(
      'message_too_large',
      'A proxy before the agent that was asked refuses messages of this size. Nothing ran.',
    );
  }
  if (status === 429)
    return new ParleyError(
      'rate_limited',
      'A proxy before the agent that was asked refuses more requests for now.',
      retryAfter,
    );
  if (status === 502 || status === 503 || status === 504) {
    const detail = `A proxy answers with HTTP ${status} in place of the agent that was asked. Try again later.`;
    return new ParleyError('peer_unreachable', detail, retryAfter);
  }
  return new ParleyError('invalid_answer', 'The program at this address is not a Parley agent.');
}

/** What the log keeps of a request's body. */
function requestOf(form: EnvelopeForm, body: Bytes) {
  return {
    requestBody: excerpt(form, body),
    requestSize: body.length,
    ...(form === 'binary' ? { requestForm: form } : {}),
  };
}

/** What the log keeps of an answer's body. */
function responseOf(form: EnvelopeForm, body: Bytes) {
  return {
    responseBody: excerpt(form, body),
    responseSize: body.length,
    ...(form === 'binary' ? { responseForm: form } : {}),
  };
}

function excerpt(form: EnvelopeForm, body: Bytes): string {
  if (form === 'binary') return encodeBase64(body.subarray(0, kept));
  const text = decoder.decode(body.subarray(0, kept));
  return body.length > kept ? `${text}…` : text;
}
