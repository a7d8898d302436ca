import { asParleyError, ParleyError } from '../../../protocol/errors.ts';
import type { JsonValue } from '../../../protocol/wire/json.ts';
import { groupOfConversation } from '../../contracts/group-views.ts';
import type { GroupExchangeView } from '../../contracts/views.ts';
import { type ResponseError, readPeerError, responseError } from '../../messages/refusal.ts';
import { talkParts } from './message-row.ts';
import { emptyDraft, messageIdOf, type OneTalk, talkIds } from './one-talk.ts';
import type { TalkStep } from './ports.ts';
import { notRun } from './taking.ts';
import type { TalkDeps } from './talk-deps.ts';
import { unanswered, withAnswer } from './talk-exchanges.ts';

/** The longest time that one timer can wait, in milliseconds. */
const longestWait = 2 ** 31 - 1;

/** Milliseconds after which it is asked again whether the sender of a request is trusted. */
const trustAgainMs = 5_000;

/** What this agent says to a request. */
type Outcome =
  | { readonly status: 'SUCCESS'; readonly result: JsonValue }
  | { readonly status: 'ERROR'; readonly error: { readonly code: string; readonly detail: string } };

/** A request of another member that is to be answered. */
interface Asked {
  readonly groupId: string;
  readonly requestId: string;
  readonly sender: string;
  readonly messageId: string;
  /** It waits for the person at the screen. */
  readonly isHeld: boolean;
}

/**
 * Answers what members ask of this agent: each request once, also after a restart, those of one member in their order. Before a handler
 * begins it is written that it does; one that was interrupted after that is answered with `handler_failed` and does not run again.
 */
export class Answering {
  readonly #deps: TalkDeps;
  readonly #talkOf: (groupId: string) => OneTalk;
  /** What comes after: by member of a group, and by message_id, which an answer names alone. */
  readonly #last = new Map<string, Promise<void>>();
  #isStopped = false;

  constructor(deps: TalkDeps, talkOf: (groupId: string) => OneTalk) {
    this.#deps = deps;
    this.#talkOf = talkOf;
  }

  /** Answers nothing more: what is under way is found again at the next start. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Answers a request that is kept once those before it are. `wasBegun`: its handler ran when the agent was closed. */
  answer(
    { requestId, group }: Pick<GroupExchangeView, 'requestId' | 'group'>,
    isHeld: boolean,
    wasBegun = false,
  ): void {
    const { groupId, sender, messageId } = group;
    const asked = { groupId, requestId, sender, messageId, isHeld };
    // A person answers in any order, and may take days.
    const lanes = [`${groupId} ${messageId}`, ...(isHeld ? [] : [`${groupId} ${sender}`])];
    const before = lanes.map((lane) => this.#last.get(lane));
    const run = Promise.all(before)
      .then(() => this.#answer(asked, wasBegun))
      // What cannot be stored is left as it is: the next start finds it.
      .catch((cause: unknown) => void asParleyError(cause));
    for (const lane of lanes) {
      this.#last.set(lane, run);
      void run.then(() => this.#last.get(lane) === run && this.#last.delete(lane));
    }
  }

  /** Says that a request cannot be kept, so that it did not run. */
  refuse(groupId: string, messageId: string): void {
    const error = { code: 'cannot_keep', detail: 'The agent that was asked cannot store the request, so nothing ran.' };
    const payload = { ...talkIds(this.#deps), type: 'GROUP_RESPONSE', outcome: { status: 'ERROR', error } } as const;
    const make = async () => ({
      payload: { ...payload, answers: messageIdOf(messageId) },
      step: this.#talkOf(groupId).stepOf(emptyDraft()),
    });
    this.#deps.port.send(groupId, make, { waits: true }).catch((cause: unknown) => void asParleyError(cause));
  }

  async #answer(asked: Asked, wasBegun: boolean): Promise<void> {
    const { groupId } = asked;
    const exchange = await this.#open(asked);
    const { now, port } = this.#deps;
    // What was asked in a group that this agent is not in, or cannot read, waits until it can, or has expired.
    if (exchange === undefined || this.#isStopped || port.group(groupId)?.isMember !== true) return;
    const { expiresAt = 0 } = exchange.group;
    if (expiresAt > now() && !wasBegun && !(await this.#mayRun(exchange, asked))) return;
    const outcome = expiresAt <= now() ? undefined : await this.#outcome(exchange, asked, wasBegun);
    // A person may take days: what was trusted when it was shown may not be any more.
    if (this.#isStopped || (asked.isHeld && outcome !== undefined && !(await this.#mayRun(exchange, asked)))) return;
    const durationMs = now() - exchange.at;
    if (outcome === undefined || expiresAt <= now()) {
      await port.keep(groupId, () => this.#settle(asked, unanswered));
      return;
    }
    await this.#send(asked, outcome, durationMs).catch((cause: unknown) => {
      if (asParleyError(cause).code !== 'message_too_large') throw cause;
      return this.#send(asked, { status: 'ERROR', error: tooLarge }, durationMs);
    });
  }

  /** Looks again whether requests of the sender are run. False: it is said why not, or it is looked at again in a while. */
  async #mayRun(exchange: GroupExchangeView, asked: Asked): Promise<boolean> {
    const { port, scheduler } = this.#deps;
    const stands = await port.standingOf(asked.groupId, asked.sender);
    if (stands === 'trusted') return true;
    if (stands === 'waiting') {
      scheduler.after(trustAgainMs, () => !this.#isStopped && this.answer(exchange, asked.isHeld));
      return false;
    }
    await port.keep(asked.groupId, () =>
      this.#settle(asked, (open) => ({ ...open, status: 'failed', error: notRun[stands] })),
    );
    return false;
  }

  /** Sends an answer, and stores it with its request. Rejects with `message_too_large` for one that no message has room for; then nothing has changed. */
  #send(asked: Asked, outcome: Outcome, durationMs: number): Promise<void> {
    const { now, port, self } = this.#deps;
    const make = async () => {
      const ids = talkIds(this.#deps);
      const { messageId, sentAt } = ids;
      const told = outcome.status === 'SUCCESS' ? { result: outcome.result } : { error: outcome.error };
      const status = outcome.status === 'SUCCESS' ? ('success' as const) : ('error' as const);
      const step = await this.#settle(asked, (open) => {
        const own = { from: self, at: now(), status, ...told, messageId, sentAt };
        return { ...withAnswer(open, own), ...told, status, durationMs };
      });
      if (step === undefined) return undefined;
      const payload = { ...ids, type: 'GROUP_RESPONSE', answers: messageIdOf(asked.messageId), outcome } as const;
      return { payload, step };
    };
    return port.send(asked.groupId, make, { waits: true });
  }

  /** Returns a request that is still to be answered; undefined for one that was answered, or deleted. */
  async #open({ groupId, requestId }: Asked): Promise<GroupExchangeView | undefined> {
    const exchange = await this.#talkOf(groupId).find('incoming', requestId);
    return exchange?.status === 'pending' || exchange?.status === 'held' ? exchange : undefined;
  }

  /** Returns what the handler, the person or a rule says; undefined when the time of the person is over. */
  async #outcome(exchange: GroupExchangeView, asked: Asked, wasBegun: boolean): Promise<Outcome | undefined> {
    const { self, now, permits, answerers } = this.#deps;
    const { sender, messageId: requestId } = asked;
    const { method, parameters, group } = exchange;
    if (wasBegun) return { status: 'ERROR', error: interrupted };
    const earlier = await this.#cameBefore(exchange, asked);
    if (earlier !== undefined) return earlier;
    if (!permits(sender, method)) return { status: 'ERROR', error: notPermitted };
    try {
      if (asked.isHeld) {
        const left = Math.min((group.expiresAt ?? 0) - now(), longestWait);
        return { status: 'SUCCESS', result: await answerers.askPerson({}, exchange, left) };
      }
      await this.#begin(asked);
      // One that was left while this agent was away was asked of it alone.
      const groupId = groupOfConversation(exchange.peerId);
      const caller = { peerId: sender, self, ...(groupId === undefined ? {} : { groupId }) };
      const result = await answerers.askForJson(caller, { requestId, method, parameters }, now());
      return { status: 'SUCCESS', result };
    } catch (cause) {
      const isLate = asked.isHeld && cause instanceof ParleyError && cause.code === 'answer_timeout';
      return isLate ? undefined : { status: 'ERROR', error: toldError(responseError(cause)) };
    }
  }

  /**
   * Returns what was answered to a request that came over a session as well, waited for while it is under way there: it does not run twice.
   * Whoever leaves requests names them as messages of groups are.
   */
  async #cameBefore({ peerId }: GroupExchangeView, { sender, messageId }: Asked): Promise<Outcome | undefined> {
    if (peerId !== sender) return undefined;
    const answer = await this.#deps.inbox.answerOver(sender, messageId);
    if (answer === undefined) return undefined;
    if (answer.status === 'SUCCESS') return { status: 'SUCCESS', result: answer.result ?? null };
    if (answer.status === 'STREAM') return { status: 'ERROR', error: asStream };
    return { status: 'ERROR', error: toldError(readPeerError(answer.error ?? null)) };
  }

  /** Writes that a handler begins. */
  async #begin({ groupId, requestId }: Asked): Promise<void> {
    const draft = emptyDraft();
    draft.put.push({ part: `${talkParts.begun}${requestId}`, bytes: new Uint8Array([1]) });
    await this.#deps.port.keep(groupId, async () => this.#talkOf(groupId).stepOf(draft));
  }

  async #settle(asked: Asked, change: (open: GroupExchangeView) => GroupExchangeView): Promise<TalkStep | undefined> {
    const open = await this.#open(asked);
    if (open === undefined) return undefined;
    const { answerBy: _, ...settled } = change(open);
    const draft = emptyDraft();
    draft.exchanges.push(settled);
    draft.drop.push(`${talkParts.begun}${asked.requestId}`);
    return this.#talkOf(asked.groupId).stepOf(draft);
  }
}

function toldError({ code, detail }: ResponseError): { readonly code: string; readonly detail: string } {
  return { code, detail };
}

const interrupted = {
  code: 'handler_failed',
  detail: 'The agent was closed while this request was under way. It may have run, and does not run again.',
} as const;
const tooLarge = {
  code: 'handler_failed',
  detail: 'The agent that was asked has run this request. Its result is larger than a message of a group.',
} as const;
const asStream = {
  code: 'handler_failed',
  detail: 'The agent that was asked has answered this request with a stream, over a session.',
} as const;
const notPermitted = {
  code: 'not_permitted',
  detail: 'The agent that was asked does not answer this method to its sender.',
} as const;
