import { ParleyError } from '../../protocol/errors.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { ExchangeView } from '../contracts/views.ts';
import type { History } from '../history/history.ts';
import type { RanBy, RequestMemory } from './request-memory.ts';

/** What is known of a request before it runs. */
export interface EarlierRequest {
  readonly ranBy: RanBy;
  /** What it was answered, when it ran. */
  readonly answer?: JsonObject;
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
    const found = await orCannotKeep(this.#history.find('incoming', peer.agentId, requestId));
    // Of a key that had this agent_id before: not this peer's to know.
    const isAnothers = found?.peerKey !== undefined && found.peerKey !== name;
    if (found === undefined || isAnothers) return ran ? { ranBy, answer: noAnswer } : { ranBy };
    if (found.status === 'failed') return { ranBy, ...(found.peerKey === undefined ? {} : { held: found }) };
    // An earlier version of Parley did not note whose it was.
    const isReadable = found.requestId === requestId;
    return { ranBy, answer: isReadable && found.peerKey === undefined ? noAnswer : answerOf(found, requestId) };
  }

  /**
   * Returns what a request of a peer was answered that came over a session; undefined when none of this id ran. Its id is 16 random bytes
   * that the two alone know. Rejects with `storage_failed`.
   */
  async answerOver(peerId: string, requestId: string): Promise<JsonObject | undefined> {
    const found = await this.#history.find('incoming', peerId, requestId);
    if (found?.status === 'failed') return undefined;
    if (found !== undefined && found.group === undefined) return answerOf(found, requestId);
    return this.#requests.hasOfAny(await this.#history.tagOf('incoming', peerId, requestId)) ? noAnswer : undefined;
  }

  /** Returns the RESPONSE to a request that ran before, when it is no longer in memory. Throws `cannot_keep`. */
  async answer(session: Session, requestId: string): Promise<JsonObject> {
    const { answer = noAnswer } = await this.find(session, requestId);
    return { message_type: 'RESPONSE', request_id: requestId, ...answer };
  }
}

/** Returns the answer that was given to a request before. */
function answerOf(earlier: ExchangeView, requestId: string): JsonObject {
  if (earlier.status === 'success') return { status: 'SUCCESS', result: earlier.result ?? null };
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
export async function orCannotKeep<T>(kept: Promise<T>): Promise<T> {
  try {
    return await kept;
  } catch (cause) {
    const detail =
      'The agent that was asked cannot store the request at the moment, so nothing ran. Send it again later.';
    throw new ParleyError('cannot_keep', detail, { cause });
  }
}
