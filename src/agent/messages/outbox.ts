import { asParleyError, type ErrorCode, ParleyError } from '../../protocol/errors.ts';
import { failureView } from '../contracts/failures.ts';
import { type ExchangeView, exchangeKey } from '../contracts/views.ts';
import type { History } from '../history/history.ts';
import { jsonWeight } from '../state/json-weight.ts';
import { shownBytes } from '../streams/shown-bytes.ts';
import { type AnswerBody, bytesBody } from './answer-body.ts';
import type { AnswerStreams } from './answer-streams.ts';
import { type Away, alreadyLeft } from './away.ts';
import { Delivery, type DeliveryDeps } from './delivery.ts';
import { Leaving, leaveUntil, requireSendable, withoutWish } from './leaving.ts';
import { OutgoingBody, requireNoBody } from './outgoing-body.ts';
import { type OutgoingRequest, parametersOf, requireAway, requireName, wishOf } from './outgoing-request.ts';
import { Posting } from './posting.ts';
import type { AnswerTaker } from './read-answers.ts';
import { readPeerError } from './refusal.ts';
import { SendQueue } from './send-queue.ts';
import { type Impatience, requireTimeout, Sending } from './sending.ts';
import type { StreamCalls } from './stream-calls.ts';
import { answerDeadlineMs } from './tries.ts';

/** Codes of requests that this side has ended while the peer may be at them. */
const endedHere: ReadonlySet<string> = new Set(['cancelled', 'timed_out', 'stream_failed']);
/** Peers that are looked for at one change of the directory, those asked longest ago first; the others are found by their tries. */
const mostLookedFor = 32;

/** Codes of requests of an earlier run that are not sent any more: it is too late. */
const over: readonly ErrorCode[] = ['stale_timestamp', 'timed_out', 'stream_gone'];

/** What the outbox works with. */
export interface OutboxDeps extends DeliveryDeps {
  readonly streamCalls: StreamCalls;
  readonly answerStreams: Pick<AnswerStreams, 'answered'>;
  readonly answers: AnswerTaker;
  readonly history: History;
  readonly presence: DeliveryDeps['presence'] & { isAway(peerId: string): Promise<boolean> };
  /** Absent where nothing can be left for a peer. */
  readonly away?: Away | undefined;
  newId(): string;
}

/** How a request goes out. */
interface Manner extends Pick<OutgoingRequest, 'body'> {
  readonly isRepeated: boolean;
  /** Until when it is left where its peer is away, in milliseconds since 1970; undefined when it is not. */
  readonly wish: number | undefined;
  /** Its peer could not be reached a moment ago. */
  readonly isGone?: boolean;
  /** Undefined when its turn has come. */
  readonly turn: Promise<unknown> | undefined;
}

/** A request that was answered, and the bytes of its answer. */
export interface Exchanged {
  readonly view: ExchangeView;
  readonly body?: AnswerBody;
}

/** A request whose parameters are JSON, under its id. */
type Request = Pick<ExchangeView, 'peerId' | 'method' | 'parameters' | 'requestId'>;

/** Sends requests in the order in which they were made, repeats those whose answer was lost, and says which were not answered. */
export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #leaving: Leaving;
  readonly #queue = new SendQueue();
  /** Every request that has no answer yet, also one that waits for its turn. */
  readonly #underWay = new Set<Sending>();
  /** Peers to whom requests of an earlier run are being sent again. */
  readonly #again = new Map<string, Promise<void>>();

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    const { history, presence, away, environment, scheduler, streamCalls } = deps;
    const posting = new Posting({ delivery: new Delivery(deps), environment, scheduler, calls: streamCalls });
    this.#leaving = new Leaving({ posting, history, presence, away, now: () => environment.now() });
  }

  /**
   * Keeps a request, sends it over the peer's session, made first when there is none, and gives the answered exchange. Rejects with
   * `queue_full` when too many wait, and with `storage_full` or `storage_failed` when it cannot be kept: then nothing went out. One that
   * got no answer rejects with its code and stays in the records as `failed`; sending it again with its `requestId` is safe. One that
   * ends early rejects with the reason of its signal, with `timed_out`, or with `cancelled` after `cancel`.
   */
  async send(given: OutgoingRequest): Promise<ExchangeView> {
    const answered = await this.exchange(given);
    await this.#deps.answers.take(answered);
    return answered.view;
  }

  /** Does what `send` does, and gives the bytes of the answer with it. */
  async exchange(given: OutgoingRequest): Promise<Exchanged> {
    const { peerId, method, signal, timeout } = given;
    const { newId, environment } = this.#deps;
    // One that may be left is named as messages of groups are: its receiver knows it by that, whichever way it comes.
    const requestId = given.requestId ?? (given.whenAway === 'store' ? `${newId()}${newId()}` : `req_${newId()}`);
    requireTimeout(timeout);
    requireAway(given);
    requireName(method, 'method');
    requireName(requestId, 'request_id');
    const parameters = parametersOf(given);
    const sending = this.#begin({ peerId, requestId }, { signal, timeout });
    try {
      sending.signal.throwIfAborted();
      const place = this.#queue.enter(peerId, jsonWeight(parameters));
      try {
        const again = this.#again.get(peerId);
        const turn = place.isFirst && again === undefined ? undefined : Promise.all([again, place.turn]);
        const isRepeated = given.requestId !== undefined;
        const manner = { isRepeated, turn, wish: wishOf(given, environment.now()), body: given.body };
        return await this.#send({ peerId, method, parameters, requestId }, sending, manner);
      } finally {
        place.leave();
      }
    } finally {
      this.#over(sending);
    }
  }

  /** Ends a request early that has no answer yet, or an answer that is read here. Throws `invalid_input` when there is none of this id. */
  cancel(peerId: string, requestId: string): void {
    const meant = [...this.#underWay].filter((sending) => sending.peerId === peerId && sending.requestId === requestId);
    for (const sending of meant) sending.cancel();
    if (meant.length > 0 || this.#deps.answers.stop({ peerId, requestId })) return;
    throw new ParleyError('invalid_input', 'This request is no longer under way: it was answered, or has failed.');
  }

  /** Ends every request that has no answer yet, since the agent stops; its next run sends them again. `reason` says why it stops. */
  stop(reason?: ParleyError): void {
    for (const sending of this.#underWay) sending.stop(reason);
  }

  /** Looks which peers are online whose requests wait for them or for an answer: somebody has come or gone. */
  async lookAround(): Promise<void> {
    const asking = [...this.#underWay].filter(({ asksForPeer }) => asksForPeer);
    const peers = new Set(asking.map(({ peerId }) => peerId));
    await Promise.all([...peers].slice(0, mostLookedFor).map((peerId) => this.#lookFor(peerId)));
  }

  async #lookFor(peerId: string): Promise<void> {
    const isOnline = !(await this.#deps.presence.isOffline(peerId));
    for (const sending of this.#underWay) if (sending.peerId === peerId) sending.presence.emit(isOnline);
  }

  #begin(about: Pick<Request, 'peerId' | 'requestId'>, impatience: Impatience): Sending {
    const { scheduler, activity } = this.#deps;
    const sending = new Sending(about, impatience, { scheduler, put: (exchange) => activity.putExchange(exchange) });
    this.#underWay.add(sending);
    return sending;
  }

  #over(sending: Sending): void {
    sending.over();
    this.#underWay.delete(sending);
  }

  /**
   * Sends requests again that an earlier run of this agent got no answer to, once their peer is there: to each peer one after the
   * other, as they were asked, under their request_id, which the peer runs once. What is asked meanwhile comes after them. Once the
   * peer cannot be reached, the rest has failed too: each would be waited for as long.
   */
  sendAgain(unanswered: readonly ExchangeView[], connected: (peerId: string) => Promise<void>): void {
    for (const peerId of new Set(unanswered.map((exchange) => exchange.peerId))) {
      const requests = unanswered
        .filter((exchange) => exchange.peerId === peerId)
        .map((exchange) => {
          const sending = this.#begin(exchange, {});
          sending.show(exchange, { for: 'turn' });
          return { exchange, sending };
        });
      this.#again.set(peerId, this.#repeatAll(peerId, requests, connected));
    }
  }

  async #repeatAll(
    peerId: string,
    requests: readonly { readonly exchange: ExchangeView; readonly sending: Sending }[],
    connected: (peerId: string) => Promise<void>,
  ): Promise<void> {
    const turn = connected(peerId);
    let gone: ParleyError | undefined;
    let isLeft = false;
    for (const { exchange, sending } of requests) {
      try {
        requireNoBody(exchange);
        const wish = exchange.leaveUntil;
        requireSendable(wish, exchange, this.#deps.environment.now());
        if (gone !== undefined && wish === undefined) await this.#giveUp(exchange, sending.refusal ?? gone);
        else {
          const isGone = isLeft || gone !== undefined;
          const sent = await this.#send(exchange, sending, { isRepeated: true, turn, wish, isGone });
          isLeft = sent.view.group !== undefined;
          // A peer that is told of it late need not hold up what was asked next.
          this.#deps.answers.take(sent).catch(() => undefined);
        }
      } catch (cause) {
        const error = asParleyError(cause);
        if (error.code === 'peer_unreachable') gone = error;
        if (over.includes(error.code)) await this.#giveUp(exchange, error);
      } finally {
        this.#over(sending);
      }
    }
    this.#again.delete(peerId);
  }

  /** Sends a request once its turn has come. */
  async #send(request: Request, sending: Sending, manner: Manner): Promise<Exchanged> {
    const { isRepeated, turn, wish, isGone, body } = manner;
    const { environment, activity, history } = this.#deps;
    const { peerId, method, parameters, requestId } = request;
    const repeated = isRepeated ? await this.#earlier(request) : undefined;
    if (isRepeated) this.#deps.streamCalls.withdraw(peerId, requestId);
    if (repeated?.group !== undefined) return { view: alreadyLeft(repeated) };
    const until = leaveUntil(wish, repeated, environment.now());
    requireSendable(until, repeated, environment.now());
    const started = environment.monotonic();
    // What cannot be kept is not sent: the answer would come to nothing that is known after a restart.
    const at = repeated?.at ?? environment.now();
    const sentAt = repeated?.sentAt ?? Math.floor(at / 1_000);
    const bytes = await OutgoingBody.of(environment, body, (changed) => sending.brings(changed));
    const view = await history.keep({
      ...bytes.member,
      requestId,
      sessionId: repeated?.sessionId ?? '',
      peerId,
      direction: 'outgoing',
      method,
      parameters,
      at,
      sentAt,
      status: 'pending',
      ...(until === undefined ? {} : { leaveUntil: until }),
      ...(repeated?.sequence === undefined ? {} : { sequence: repeated.sequence }),
    });
    sending.show(view, turn === undefined ? { for: 'answer', until: at + answerDeadlineMs } : { for: 'turn' });
    try {
      await sending.race(Promise.resolve(turn));
      const message = { message_type: 'REQUEST', sent_at: sentAt, request_id: requestId, method, parameters };
      const delivered = await this.#leaving.deliver(sending, { message, body, shownOf: bytes.shownOf }, view, isGone);
      if ('left' in delivered) return { view: delivered.left };
      const { session, response, attachment } = delivered;
      const done = {
        ...withoutWish(view),
        ...bytes.member,
        sessionId: session.id,
        durationMs: environment.monotonic() - started,
      };
      const streamed =
        response.status === 'STREAM' ? this.#deps.answerStreams.answered(request, response.stream) : undefined;
      const answer = streamed?.shown.view ?? (await shownBytes(environment, attachment));
      const answered = await history.settle(
        response.status === 'ERROR'
          ? { ...done, status: 'error', error: readPeerError(response.error) }
          : {
              ...done,
              status: 'success',
              result: response.status === 'PENDING' ? null : response.result,
              ...(answer === undefined ? {} : { answer }),
            },
      );
      activity.putExchange(answered);
      if (streamed !== undefined) return { view: answered, body: streamed.open(answered) };
      return attachment === undefined ? { view: answered } : { view: answered, body: bytesBody(attachment) };
    } catch (cause) {
      const error = sending.refusal ?? asParleyError(cause);
      this.#tellCancelled(sending, error);
      const failed = { ...withoutWish(view), ...bytes.member, sessionId: sending.sessionId ?? view.sessionId };
      const durationMs = environment.monotonic() - started;
      activity.putExchange(
        await history.settle({ ...failed, status: 'failed', error: failureView(error), durationMs }),
      );
      throw sending.signal.aborted ? sending.signal.reason : error;
    }
  }

  /** Tells the peer that nobody waits for what it may have. */
  #tellCancelled({ isPosted, isPeerGone, peerId, requestId }: Sending, { code }: ParleyError): void {
    if (!isPosted || !endedHere.has(code)) return;
    // What it does not hear, it finds out by itself. One that comes back later would not run the request that is sent again.
    if (isPeerGone) return;
    this.#deps.streamCalls.cancel(peerId, requestId).catch(() => false);
  }

  async #giveUp(exchange: ExchangeView, error: ParleyError): Promise<void> {
    const { activity, history } = this.#deps;
    activity.putExchange(
      await history.settle({ ...withoutWish(exchange), status: 'failed', error: failureView(error) }),
    );
  }

  /** Returns a request that is repeated as it was sent before. */
  async #earlier({ requestId, peerId }: Request): Promise<ExchangeView | undefined> {
    const { activity, history } = this.#deps;
    return (
      activity.exchange(exchangeKey({ direction: 'outgoing', peerId, requestId })) ??
      (await history.find('outgoing', peerId, requestId))
    );
  }
}
