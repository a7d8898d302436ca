import { type KnownMessage, messagePart } from './message-row.ts';
import { silent, type TalkState } from './state-row.ts';

/** Seconds for which a message_id of a sender does not count again (groups page, section 6): 31 days. */
const rememberedFor = 31 * 86_400;
/** Messages of a group that are remembered at most: the log itself hands none out twice. */
const mostRemembered = 200_000;
/** Old ones that go with each new one, at most. */
const forgottenAtOnce = 8;

/** What is remembered of one group's talk. Nothing in it changes but by what was stored. */
export class TalkMemory {
  state: TalkState = silent;
  /** By index, in the order of the log. */
  readonly #messages = new Map<number, KnownMessage>();
  readonly #byId = new Map<string, KnownMessage[]>();
  #own: KnownMessage[] = [];
  readonly #read = new Map<string, number>();
  /** Indices of what others said that the person has not seen, in the order of the log. */
  #unread: number[] = [];
  #newest = -1;
  #latestAt = 0;

  /** Takes a message in. `self` is this agent. */
  add(message: KnownMessage, self: string): void {
    const { index, messageId, sender, kind, at } = message;
    this.#messages.set(index, message);
    this.#newest = Math.max(this.#newest, index);
    this.#byId.set(messageId, [...(this.#byId.get(messageId) ?? []), message]);
    if (sender === self) this.#own.push(message);
    else this.noteRead(sender, message.seen);
    if (kind === 'response' || kind === 'receipt') return;
    this.#latestAt = Math.max(this.#latestAt, 1_000 * at);
    if (sender !== self && index > this.state.seen) this.#unread.push(index);
  }

  /** Says that everything up to an index was seen by the person. */
  saw(state: TalkState): void {
    this.state = state;
    this.#unread = this.#unread.filter((index) => index > state.seen);
  }

  noteRead(member: string, index: number): void {
    this.#read.set(member, Math.max(index, this.#read.get(member) ?? -1));
  }

  /** Returns what has this message_id, the first in the log first. */
  named(messageId: string): readonly KnownMessage[] {
    return this.#byId.get(messageId) ?? [];
  }

  find(messageId: string, sender: string): KnownMessage | undefined {
    return this.named(messageId).find((message) => message.sender === sender);
  }

  /** Returns this agent's messages after an index, in the order of the log. */
  ownAfter(index: number): readonly KnownMessage[] {
    const before = this.#own.findLastIndex((message) => message.index <= index);
    return this.#own.slice(before + 1);
  }

  get unread(): number {
    return this.#unread.length;
  }

  get latestAt(): number {
    return this.#latestAt;
  }

  get read(): ReadonlyMap<string, number> {
    return this.#read;
  }

  /** Returns the highest index of a message; -1 when there was none. */
  get newest(): number {
    return this.#newest;
  }

  /** Returns messages that need not be remembered any more at `now` (Unix seconds). */
  outdated(now: number): readonly KnownMessage[] {
    const gone: KnownMessage[] = [];
    for (const message of this.#messages.values()) {
      const isOver = message.at < now - rememberedFor || this.#messages.size - gone.length > mostRemembered;
      if (!isOver || gone.length === forgottenAtOnce) break;
      gone.push(message);
    }
    return gone;
  }

  /** Forgets messages, the oldest that are remembered. */
  forget(messages: readonly KnownMessage[]): void {
    const last = Math.max(-1, ...messages.map(({ index }) => index));
    if ((this.#own[0]?.index ?? last + 1) <= last) this.#own = this.#own.filter(({ index }) => index > last);
    if ((this.#unread[0] ?? last + 1) <= last) this.#unread = this.#unread.filter((index) => index > last);
    for (const { index, messageId } of messages) {
      this.#messages.delete(index);
      const rest = this.named(messageId).filter((one) => one.index !== index);
      if (rest.length === 0) this.#byId.delete(messageId);
      else this.#byId.set(messageId, rest);
    }
  }
}

/** Returns the parts of the rows of messages. */
export function partsOf(messages: readonly KnownMessage[]): readonly string[] {
  return messages.map(({ index }) => messagePart(index));
}
