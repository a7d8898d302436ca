import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { ResponseToSend } from '../../protocol/session/exchange/exchange.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { ExchangeView } from '../contracts/views.ts';
import type { History } from '../history/history.ts';
import { headOf } from '../streams/shown-stream.ts';
import type { RanBy, RequestMemory } from './request-memory.ts';

/** What is known of a request before it runs. */
export interface EarlierRequest {
  readonly ranBy: RanBy;
  /** What it was answered, when it ran. */
  readonly answer?: ResponseToSend;
  /** The exchange of one that did not run: it was held when the agent was closed. */
  readonly held?: ExchangeView;
}

/** The requests of peers that ran before, as this agent remembers them and its history has them. */
export class EarlierRequests {
  readonly #requests: RequestMemory;
  readonly #history: History;

  constructor(requests: RequestMemory, history: History) {
    this.#requests = requests;
    this.#history = history;
  }

  /** Looks up whether a request ran before, also in an earlier run of this agent. Throws `cannot_keep` when the history cannot be read. */
  async find({ peer }: Session, requestId: string): Promise<EarlierRequest> {
    const name = await this.#requests.nameOf(peer);
    const tag = await this.#history.tagOf('incoming', peer.agentId, requestId);
    const ranBy = { peer: name, tag };
    const ran = this.#requests.has(ranBy);
    // Without a look into the history, which most requests are not in.
    if (!ran && !this.#requests.isInHistoryAlone) return { ranBy };
    const noLonger = { json: { message_type: 'RESPONSE', request_id: requestId, ...noAnswer } };
    const { exchange: found, answerBytes } =
      (await orCannotKeep(this.#history.findAnswer(peer.agentId, requestId))) ?? noExchange;
    // Of a key that had this agent_id before: not this peer's to know.
    const isAnothers = found?.peerKey !== undefined && found.peerKey !== name;
    if (found === undefined || isAnothers) return ran ? { ranBy, answer: noLonger } : { ranBy };
    if (found.status === 'failed') return { ranBy, ...(found.peerKey === undefined ? {} : { held: found }) };
    // An earlier version of Parley did not note whose it was.
    const isReadable = found.requestId === requestId;
    if (isReadable && found.peerKey === undefined) return { ranBy, answer: noLonger };
    const told = answerOf(found, requestId, answerBytes);
    const json = { message_type: 'RESPONSE', request_id: requestId, ...told };
    return { ranBy, answer: told.status === 'SUCCESS' ? { json, attachment: answerBytes } : { json } };
  }

  /**
   * Returns what a request of a peer was answered that came over a session; undefined when none of this id ran. Its id is 16 random bytes
   * that the two alone know. Rejects with `storage_failed`.
   */
  async answerOver(peerId: string, requestId: string): Promise<JsonObject | undefined> {
    const found = await this.#history.find('incoming', peerId, requestId);
    if (found?.status === 'failed') return undefined;
    // What goes through a group is JSON alone.
    if (found?.answer !== undefined) return noAnswer;
    if (found !== undefined && found.group === undefined) return answerOf(found, requestId);
    return this.#requests.hasOfAny(await this.#history.tagOf('incoming', peerId, requestId)) ? noAnswer : undefined;
  }

  /** Keeps a request, and that it runs, before it does. Rejects with `cannot_keep`. */
  async keep(asked: ExchangeView, ranBy: RanBy): Promise<ExchangeView> {
    const isNew = !this.#requests.has(ranBy);
    const changes = isNew ? [this.#requests.add(ranBy, asked.sentAt)] : [];
    try {
      return await orCannotKeep(this.#history.keep(asked, changes));
    } catch (cause) {
      if (isNew) this.#requests.undo(ranBy);
      throw cause;
    }
  }

  /** Returns the RESPONSE to a request that ran before, when it is no longer in memory. Throws `cannot_keep`. */
  async answer(session: Session, requestId: string): Promise<ResponseToSend> {
    const { answer } = await this.find(session, requestId);
    return answer ?? { json: { message_type: 'RESPONSE', request_id: requestId, ...noAnswer } };
  }
}

const noExchange = { exchange: undefined, answerBytes: undefined } as const;

/** Returns the answer that was given to a request before. `bytes` are what is kept of those beside it. */
function answerOf(earlier: ExchangeView, requestId: string, bytes?: Bytes): JsonObject {
  const { status, result = null, answer } = earlier;
  const head = headOf(answer);
  if (status === 'success' && head !== undefined) return { status: 'STREAM', result, stream: { ...head } };
  if (status === 'success' && answer !== undefined && bytes === undefined) return noAnswer;
  if (status === 'success') return { status: 'SUCCESS', result };
  const error =
    earlier.requestId === requestId && earlier.error !== undefined
      ? { code: earlier.error.code, detail: earlier.error.detail }
      : {
          code: 'handler_failed',
          detail: 'This request ran before. Its answer cannot be read, and it does not run again.',
        };
  return { status: 'ERROR', error };
}

const noAnswer = {
  status: 'ERROR',
  error: {
    code: 'handler_failed',
    detail: 'This request ran before. Its answer is no longer stored, and it does not run again.',
  },
} as const;

/** Throws `cannot_keep` when what is waited for fails: the sender is told that nothing has run. */
async function orCannotKeep<T>(kept: Promise<T>): Promise<T> {
  try {
    return await kept;
  } catch (cause) {
    const detail =
      'The agent that was asked cannot store the request at the moment, so nothing ran. Send it again later.';
    throw new ParleyError('cannot_keep', detail, { cause });
  }
}
