import { longestExpiry } from '../../../group/payload/schema.ts';
import { asParleyError } from '../../../protocol/errors.ts';
import type { JsonValue } from '../../../protocol/wire/json.ts';
import type { GroupExchangeView } from '../../contracts/views.ts';
import { attachmentView } from './attachments.ts';
import { type Draft, emptyDraft, type OneTalk, type TalkListener } from './one-talk.ts';
import type { TakenMessage, TalkGroup, TalkStep } from './ports.ts';
import { readError } from './read-error.ts';
import type { TalkDeps } from './talk-deps.ts';
import { conversationWith, requestIdOf, settled, withAnswer } from './talk-exchanges.ts';

/** Takes in what other members of one group say. Everything here happens in the turn of its group. */
export class Taking {
  readonly #deps: TalkDeps;
  readonly #listener: TalkListener;
  readonly #groupId: string;
  readonly #talk: OneTalk;

  constructor(deps: TalkDeps, listener: TalkListener, talk: OneTalk) {
    this.#deps = deps;
    this.#listener = listener;
    this.#groupId = talk.groupId;
    this.#talk = talk;
  }

  /** Returns what a message of another member leads to. */
  async take(taken: TakenMessage): Promise<TalkStep> {
    const draft = emptyDraft();
    const { payload, sender, index, at } = taken;
    const group = this.#deps.port.group(this.#groupId);
    const { messageId, type } = payload;
    if (group === undefined || this.#talk.memory.find(messageId, sender) !== undefined) return this.#talk.stepOf(draft);
    const requestId = requestIdOf(group, messageId, sender);
    const kind = kindOf[type];
    const read =
      type === 'GROUP_RECEIPT' ? Math.max(payload.seen.index, Math.min(payload.read, index - 1)) : payload.seen.index;
    this.#talk.remember(draft, { index, kind, messageId, at, sender, seen: read, requestId });
    if (type === 'GROUP_MESSAGE') await this.#takeMessage(draft, group, taken, requestId);
    else if (type === 'GROUP_REQUEST') await this.#takeRequest(draft, group, taken, requestId);
    else if (type === 'GROUP_RESPONSE') await this.#takeResponse(draft, group, taken, requestId);
    if (taken.apart === undefined) await this.#talk.deliver(draft, group, sender, read);
    return this.#talk.stepOf(draft);
  }

  /** Returns the exchange that a message of another member is shown as. */
  #incoming(group: TalkGroup, { payload, sender, index, at, apart }: TakenMessage, requestId: string) {
    return {
      requestId,
      sessionId: '',
      peerId: conversationWith(group),
      direction: 'incoming',
      at: 1_000 * at,
      sentAt: payload.sentAt,
      group: {
        ...{ groupId: this.#groupId, messageId: payload.messageId, index, sender },
        ...{ answers: [], awaiting: [], delivery: 'stored' as const },
        ...(apart === undefined ? {} : { apart }),
      },
    } as const;
  }

  async #takeMessage(draft: Draft, group: TalkGroup, taken: TakenMessage, requestId: string): Promise<void> {
    const { payload } = taken;
    if (payload.type !== 'GROUP_MESSAGE' || !(await this.#hasRoom(group))) return;
    const shown = this.#incoming(group, taken, requestId);
    const file = this.#keptFile(draft, taken, payload.content, requestId);
    draft.exchanges.push({
      ...shown,
      ...{ method: 'say', parameters: payload.content, status: 'success' },
      group: { ...shown.group, kind: 'message', ...file },
    });
  }

  /** Keeps what came beside a payload; returns how it is shown. `content` is what its name may stand in. */
  #keptFile(draft: Draft, { attachment }: TakenMessage, content: JsonValue, requestId: string) {
    if (attachment === undefined) return {};
    this.#talk.keepFile(draft, requestId, attachment);
    return { attachment: attachmentView(content, attachment) };
  }

  async #takeRequest(draft: Draft, group: TalkGroup, taken: TakenMessage, requestId: string): Promise<void> {
    const { payload, sender, at, apart } = taken;
    if (payload.type !== 'GROUP_REQUEST') return;
    const { self, now, isByPerson } = this.#deps;
    const members = [...group.others, self].filter((one) => one !== sender);
    const asked = payload.to === undefined ? members : members.filter((one) => payload.to?.includes(one));
    const isAsked = asked.includes(self);
    if (!(await this.#hasRoom(group))) {
      if (isAsked && apart === undefined)
        draft.after.push(() => this.#listener.refused(this.#groupId, payload.messageId));
      return;
    }
    // By the log's time: what its sender says of the time may be wrong, or a lie.
    const expiresAt = 1_000 * Math.min(payload.expiresAt, at + longestExpiry);
    const shown = this.#incoming(group, taken, requestId);
    const { to, method, parameters } = payload;
    const part = {
      ...shown.group,
      kind: 'request' as const,
      awaiting: asked,
      expiresAt,
      ...(to === undefined ? {} : { to }),
      ...this.#keptFile(draft, taken, parameters, requestId),
    };
    const request = { ...shown, method, parameters, group: part };
    if (apart !== undefined) {
      draft.exchanges.push({ ...request, status: 'failed', error: notRun[apart] });
    } else if (!isAsked) {
      draft.exchanges.push({ ...request, status: 'success' });
    } else if (expiresAt <= now()) {
      draft.exchanges.push({ ...request, status: 'failed', error: expired });
    } else {
      const status = isByPerson()
        ? ({ status: 'held', answerBy: expiresAt } as const)
        : ({ status: 'pending' } as const);
      const exchange = { ...request, ...status };
      draft.exchanges.push(exchange);
      draft.after.push(() => this.#listener.asked(exchange));
    }
  }

  /** Puts an answer under its request: the first of that message_id that its sender was asked in and has not answered. */
  async #takeResponse(draft: Draft, group: TalkGroup, taken: TakenMessage, requestId: string): Promise<void> {
    const { payload, sender, at, apart } = taken;
    if (payload.type !== 'GROUP_RESPONSE') return;
    const { outcome, answers } = payload;
    const told =
      outcome.status === 'SUCCESS'
        ? ({ status: 'success', result: outcome.result } as const)
        : ({ status: 'error', error: readError(outcome.error) } as const);
    if (apart !== undefined) {
      if (!(await this.#hasRoom(group))) return;
      const shown = this.#incoming(group, taken, requestId);
      const parameters = outcome.status === 'SUCCESS' ? outcome.result : outcome.error;
      const part = { ...shown.group, kind: 'message' as const };
      draft.exchanges.push({ ...shown, method: 'answer', parameters, status: 'success', group: part });
      return;
    }
    for (const { kind, sender: asker, requestId: asked } of this.#talk.memory.named(answers)) {
      if (kind !== 'request' || asker === sender) continue;
      const request = await this.#talk.find(asker === this.#deps.self ? 'outgoing' : 'incoming', asked);
      if (request?.group.awaiting.includes(sender) !== true) continue;
      const answer = { from: sender, at: 1_000 * at, ...told, messageId: payload.messageId, sentAt: payload.sentAt };
      draft.exchanges.push(this.#after(withAnswer(request, answer)));
      return;
    }
  }

  /** Settles a request of this agent that nobody is waited for any more. */
  #after(request: GroupExchangeView): GroupExchangeView {
    if (request.direction === 'incoming') return request;
    const isOver = request.group.awaiting.length === 0 || request.status !== 'pending';
    return isOver ? settled(request, this.#deps.now()) : request;
  }

  /** False when the conversation is over its budget: what comes then is read, and not kept. Rejects with `storage_failed`: it is read again. */
  async #hasRoom(group: TalkGroup): Promise<boolean> {
    try {
      await this.#deps.history.requireRoom(conversationWith(group));
      return true;
    } catch (cause) {
      if (asParleyError(cause).code === 'storage_full') return false;
      throw cause;
    }
  }
}

const kindOf = {
  GROUP_MESSAGE: 'message',
  GROUP_REQUEST: 'request',
  GROUP_RESPONSE: 'response',
  GROUP_RECEIPT: 'receipt',
} as const;

const expired = { code: 'timed_out', detail: 'It had expired when it came. Nothing ran.' } as const;
/** What is told of a request that was not run, by why. */
export const notRun = {
  diverged: { code: 'group_forked', detail: 'Its sender reads another history of this group. Nothing ran.' },
  not_trusted: { code: 'member_not_trusted', detail: 'Its sender is not trusted. Nothing ran.' },
} as const;
