import { isMessageId, type MessageId } from '../../../group/payload/message-id.ts';
import { toHex } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { ofGroup } from '../../contracts/group-exchange.ts';
import type { ExchangeView, FailureView, GroupExchangeView } from '../../contracts/views.ts';
import type { OpenInGroup } from '../../history/restart.ts';
import { attachmentLimits } from './attachments.ts';
import { decodeMessageRow, encodeMessageRow, type KnownMessage, messagePart, talkParts } from './message-row.ts';
import type { TalkGroup, TalkStep } from './ports.ts';
import { decodeStateRow, encodeStateRow, type TalkState } from './state-row.ts';
import type { TalkDeps } from './talk-deps.ts';
import { conversationWith, isAsked, isWaiting, settled, unanswered, withPart } from './talk-exchanges.ts';
import { partsOf, TalkMemory } from './talk-memory.ts';

/** Own messages that become delivered with one step, at most: the next step takes the next ones. */
const deliveredAtOnce = 100;

/** What a step changes, as it is gathered. */
export interface Draft {
  readonly exchanges: ExchangeView[];
  readonly put: { readonly part: string; readonly bytes: Uint8Array<ArrayBuffer> }[];
  readonly drop: string[];
  /** Done once all is stored. */
  readonly after: (() => void)[];
}

/** Returns a step in which nothing happens yet. */
export function emptyDraft(): Draft {
  return { exchanges: [], put: [], drop: [], after: [] };
}

/** Returns what a new payload of this agent is named and dated by. */
export function talkIds({ random, now }: Pick<TalkDeps, 'random' | 'now'>): {
  readonly messageId: MessageId;
  readonly sentAt: number;
} {
  return { messageId: messageIdOf(toHex(random(16))), sentAt: Math.floor(now() / 1_000) };
}

/** Returns a message_id that was checked before, or made here. */
export function messageIdOf(text: string): MessageId {
  if (isMessageId(text)) return text;
  throw new ParleyError('internal_error', 'A message_id has 32 hex digits.');
}

/** What another part of talk is told by what one group has taken in. */
export interface TalkListener {
  /** An exchange is as it is now: shown, and waited for. */
  shown(exchange: ExchangeView): void;
  /** A request of another member is kept and has to be answered. */
  asked(exchange: GroupExchangeView): void;
  /** A request of another member cannot be kept, and is answered so. */
  refused(groupId: string, messageId: string): void;
}

/** The talk of one group: what each message leads to. Everything here happens in the turn of its group. */
export class OneTalk {
  readonly memory = new TalkMemory();
  readonly #deps: TalkDeps;
  readonly #listener: TalkListener;
  readonly groupId: string;
  /** Own messages and requests on their way into the log: what their exchanges are found by. */
  readonly sending = new Map<string, string>();
  /** Own requests that may still be answered, by request_id: until when, in milliseconds since 1970. */
  readonly waiting = new Map<string, number>();
  /** Requests of others that this agent has not answered, by request_id: until when, in milliseconds since 1970. */
  readonly asked = new Map<string, number>();
  #deliveredTo = -1;

  constructor(deps: TalkDeps, listener: TalkListener, groupId: string) {
    this.#deps = deps;
    this.#listener = listener;
    this.groupId = groupId;
  }

  /** Reads back what is kept; gives the requests of others that are to be answered yet, the oldest first. */
  async load(inGroup: readonly OpenInGroup[]): Promise<readonly OpenInGroup[]> {
    const { port, self } = this.#deps;
    for await (const { bytes } of port.rows(this.groupId, talkParts.state)) this.memory.state = decodeStateRow(bytes);
    for await (const { part, bytes } of port.rows(this.groupId, talkParts.messages)) {
      const message = decodeMessageRow(part, bytes);
      if (message !== undefined) this.memory.add(message, self);
    }
    this.#deliveredTo = this.#readByAll();
    const own = inGroup.filter(({ direction }) => direction === 'outgoing');
    for (const { requestId, group } of own) {
      if (group.index === undefined) this.sending.set(group.messageId, requestId);
      if (group.kind === 'request') this.waiting.set(requestId, group.expiresAt ?? 0);
    }
    const asked = inGroup.filter(({ direction }) => direction === 'incoming');
    for (const { requestId, group } of asked) this.asked.set(requestId, group.expiresAt ?? 0);
    return asked;
  }

  /** Returns a draft as the step that the runtime stores. */
  stepOf(draft: Draft): TalkStep {
    const { exchanges, put, drop, after } = draft;
    return {
      exchanges,
      put,
      drop,
      kept: (kept) => {
        for (const exchange of kept) {
          const one = ofGroup(exchange);
          if (one !== undefined && isWaiting(one)) this.waiting.set(one.requestId, one.group.expiresAt ?? 0);
          else this.waiting.delete(exchange.requestId);
          if (one !== undefined && isAsked(one)) this.asked.set(one.requestId, one.group.expiresAt ?? 0);
          else this.asked.delete(exchange.requestId);
          this.#listener.shown(exchange);
        }
        for (const task of after) task();
        this.#deps.port.changed(this.groupId);
      },
    };
  }

  /** Returns the step that changes what is kept beside the messages. */
  stateStep(change: (before: TalkState) => TalkState): TalkStep {
    const draft = emptyDraft();
    const state = change(this.memory.state);
    draft.put.push({ part: talkParts.state, bytes: encodeStateRow(state) });
    draft.after.push(() => this.memory.saw(state));
    return this.stepOf(draft);
  }

  /** Returns an exchange of this group as it is kept. */
  async find(direction: ExchangeView['direction'], requestId: string): Promise<GroupExchangeView | undefined> {
    const group = this.#deps.port.group(this.groupId);
    if (group === undefined) return undefined;
    const found = ofGroup(await this.#deps.history.find(direction, conversationWith(group), requestId));
    return found?.requestId === requestId ? found : undefined;
  }

  /** Remembers a message that came, or that the log has of this agent. */
  remember(draft: Draft, message: KnownMessage): void {
    const { self, now } = this.#deps;
    draft.put.push({ part: messagePart(message.index), bytes: encodeMessageRow(message) });
    const outdated = this.memory.outdated(Math.floor(now() / 1_000));
    draft.drop.push(...partsOf(outdated));
    draft.after.push(() => {
      this.memory.add(message, self);
      this.memory.forget(outdated);
    });
  }

  /** Keeps the bytes of an attachment; of a large one, and past what a group may take, only that there was one. */
  keepFile(draft: Draft, requestId: string, bytes: Uint8Array<ArrayBuffer>): void {
    const { memory } = this;
    const fileBytes = memory.state.fileBytes + bytes.length;
    if (bytes.length > attachmentLimits.bytes || fileBytes > attachmentLimits.ofGroup) return;
    const state = { ...memory.state, fileBytes };
    draft.put.push({ part: `${talkParts.files}${requestId}`, bytes });
    draft.put.push({ part: talkParts.state, bytes: encodeStateRow(state) });
    draft.after.push(() => {
      memory.state = state;
    });
  }

  /** Shows own messages as delivered that every other member has read. */
  async deliver(draft: Draft, group: TalkGroup, sender: string, index: number): Promise<void> {
    const { memory } = this;
    const read = this.#readByAll(
      group,
      new Map([...memory.read, [sender, Math.max(index, memory.read.get(sender) ?? -1)]]),
    );
    if (read <= this.#deliveredTo) return;
    let upTo = this.#deliveredTo;
    let left = deliveredAtOnce;
    for (const message of memory.ownAfter(this.#deliveredTo)) {
      if (message.index > read || left === 0) break;
      upTo = message.index;
      left -= 1;
      const here = draft.exchanges.findIndex(
        ({ requestId, direction }) => requestId === message.requestId && direction === 'outgoing',
      );
      const exchange = here === -1 ? await this.find('outgoing', message.requestId) : ofGroup(draft.exchanges[here]);
      if (exchange === undefined) continue;
      const delivered = withPart(exchange, { delivery: 'delivered' });
      if (here === -1) draft.exchanges.push(delivered);
      else draft.exchanges[here] = delivered;
    }
    draft.after.push(() => {
      this.#deliveredTo = left === 0 ? upTo : read;
    });
  }

  /** Returns the index up to which every other member has read, as far as they say; -1 when somebody has said nothing. */
  #readByAll(group = this.#deps.port.group(this.groupId), read = this.memory.read): number {
    const others = group?.others ?? [];
    return others.length === 0 ? -1 : Math.min(...others.map((one) => read.get(one) ?? -1));
  }

  /** Returns what follows from an own payload having been found in the log. */
  async logged({
    messageId,
    index,
    at,
  }: {
    readonly messageId: string;
    readonly index: number;
    readonly at: number;
  }): Promise<TalkStep> {
    const draft = emptyDraft();
    const requestId = this.sending.get(messageId);
    draft.after.push(() => this.sending.delete(messageId));
    const exchange = requestId === undefined ? undefined : await this.find('outgoing', requestId);
    if (exchange === undefined || requestId === undefined) return this.stepOf(draft);
    const { kind } = exchange.group;
    this.remember(draft, { index, kind, messageId, at, sender: this.#deps.self, seen: -1, requestId });
    const stored = withPart(exchange, { index, delivery: 'stored' });
    draft.exchanges.push(kind === 'message' ? { ...stored, status: 'success' } : stored);
    return this.stepOf(draft);
  }

  /** Returns what follows from an own payload never getting into the log. */
  async lost(messageId: string, { code, detail }: FailureView): Promise<TalkStep> {
    const draft = emptyDraft();
    const requestId = this.sending.get(messageId);
    const exchange = requestId === undefined ? undefined : await this.find('outgoing', requestId);
    draft.after.push(() => this.sending.delete(messageId));
    if (exchange !== undefined) draft.exchanges.push({ ...exchange, status: 'failed', error: { code, detail } });
    return this.stepOf(draft);
  }

  /** Returns what follows for open requests from who is a member now, and from what has expired. */
  async lookAgain(): Promise<TalkStep | undefined> {
    const { port, now } = this.#deps;
    const group = port.group(this.groupId);
    const draft = emptyDraft();
    for (const [requestId, expiresAt] of this.waiting) {
      const request = await this.find('outgoing', requestId);
      if (request === undefined || !isWaiting(request)) {
        draft.after.push(() => this.waiting.delete(requestId));
        continue;
      }
      const awaiting = request.group.awaiting.filter((one) => group?.others.includes(one));
      const isSame = awaiting.length === request.group.awaiting.length && expiresAt > now();
      if (isSame && group?.isMember === true) continue;
      const left = withPart(request, { awaiting });
      draft.exchanges.push(awaiting.length === 0 || expiresAt <= now() ? settled(left, now()) : left);
    }
    for (const [requestId, expiresAt] of this.asked) {
      if (expiresAt > now()) continue;
      const request = await this.find('incoming', requestId);
      if (request === undefined || !isAsked(request)) draft.after.push(() => this.asked.delete(requestId));
      else draft.exchanges.push(unanswered(request));
      draft.drop.push(`${talkParts.begun}${requestId}`);
    }
    return draft.exchanges.length + draft.after.length === 0 ? undefined : this.stepOf(draft);
  }

  /** Returns when the next request expires that is still open, in milliseconds since 1970; undefined when there is none. */
  get nextExpiry(): number | undefined {
    let next: number | undefined;
    for (const open of [this.waiting, this.asked]) for (const at of open.values()) next = Math.min(at, next ?? at);
    return next;
  }
}
