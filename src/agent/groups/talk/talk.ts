import { isMessageId } from '../../../group/payload/message-id.ts';
import type { Unsent } from '../../../group/payload/payload.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../../../protocol/errors.ts';
import { ofGroup } from '../../contracts/group-exchange.ts';
import type { GroupAsking, GroupSaying } from '../../contracts/groups-api.ts';
import type { ExchangeView, FailureView, GroupExchangeView } from '../../contracts/views.ts';
import type { LeftHere } from '../../messages/away.ts';
import { requireExpiry } from '../../messages/outgoing-request.ts';
import { Answering } from './answering.ts';
import { attachmentView as attachmentOf, requireAttachment, withFile } from './attachments.ts';
import { Expiries } from './expiries.ts';
import { KeptFiles } from './kept-files.ts';
import { talkParts } from './message-row.ts';
import { type Draft, emptyDraft, OneTalk, type TalkListener, talkIds } from './one-talk.ts';
import { type OutgoingAsk, requireAsked } from './outgoing-ask.ts';
import type { TakenMessage, TalkGroup, TalkOfGroups, TalkStep, TalkView } from './ports.ts';
import { Reading } from './reading.ts';
import { Taking } from './taking.ts';
import type { TalkDeps } from './talk-deps.ts';
import { conversationWith, isAsked, isWaiting } from './talk-exchanges.ts';

/** Makes a payload and its exchange within the turn of its group. */
type Make = (
  group: TalkGroup,
  ids: ReturnType<typeof talkIds>,
) => { readonly payload: Unsent; readonly exchange: GroupExchangeView };

/** What agents say in groups: everything of `GroupsApi` that is about messages, and what the log says of them. */
export class GroupTalk implements TalkOfGroups, LeftHere {
  readonly #deps: TalkDeps;
  readonly #answering: Answering;
  readonly #expiries: Expiries;
  readonly #files: KeptFiles;
  readonly #reading: Reading;
  readonly #talks = new Map<string, { readonly one: OneTalk; readonly taking: Taking }>();
  readonly #listener: TalkListener;
  /** Who waits for a message to be in the log, by message_id. */
  readonly #storing = new Map<string, PromiseWithResolvers<GroupExchangeView>>();

  constructor(deps: TalkDeps) {
    this.#deps = deps;
    const talkOf = (groupId: string) => this.#of(groupId).one;
    this.#answering = new Answering(deps, talkOf);
    this.#expiries = new Expiries(deps, talkOf);
    this.#files = new KeptFiles(deps, talkOf);
    this.#reading = new Reading(deps, talkOf);
    this.#listener = {
      shown: (exchange) => this.#shown(exchange),
      asked: (exchange) => {
        this.#answering.answer(exchange, exchange.status === 'held');
        this.#expiries.arm(exchange.group.groupId);
      },
      refused: (groupId, messageId) => this.#answering.refuse(groupId, messageId),
    };
  }

  async open(groupId: string): Promise<void> {
    const { inGroups } = this.#deps;
    const { one } = this.#of(groupId);
    await one.load(inGroups.filter(({ group }) => group.groupId === groupId));
    for (const requestId of one.waiting.keys()) {
      const exchange = await one.find('outgoing', requestId);
      if (exchange !== undefined) this.#shown(exchange);
    }
    await this.resume(groupId);
  }

  async resume(groupId: string): Promise<void> {
    const { port } = this.#deps;
    const { one } = this.#of(groupId);
    const begun = new Set<string>();
    for await (const { part } of port.rows(groupId, talkParts.begun)) begun.add(part.slice(talkParts.begun.length));
    for (const requestId of [...one.asked.keys()]) {
      const exchange = await one.find('incoming', requestId);
      if (exchange === undefined || !isAsked(exchange)) continue;
      this.#shown(exchange);
      this.#answering.answer(exchange, exchange.status === 'held', begun.has(requestId));
    }
    this.#expiries.arm(groupId);
  }

  take(groupId: string, message: TakenMessage): Promise<TalkStep> {
    return this.#of(groupId).taking.take(message);
  }

  logged(
    groupId: string,
    own: { readonly messageId: string; readonly index: number; readonly at: number },
  ): Promise<TalkStep> {
    return this.#of(groupId).one.logged(own);
  }

  lost(groupId: string, messageId: string, why: FailureView): Promise<TalkStep> {
    return this.#of(groupId).one.lost(messageId, why);
  }

  membersChanged(groupId: string): Promise<TalkStep | undefined> {
    return this.#of(groupId).one.lookAgain();
  }

  hasCome(peerId: string, requestId: string): boolean {
    return [...this.#talks].some(([groupId, { one }]) => {
      const isWithPeer = this.#deps.port.group(groupId)?.peerId === peerId;
      return isWithPeer && one.memory.find(requestId, peerId)?.kind === 'request';
    });
  }

  view(groupId: string): TalkView {
    const { memory } = this.#of(groupId).one;
    const { unread, latestAt, read, state } = memory;
    return { unread, latestAt, read, sendsReceipts: state.sendsReceipts };
  }

  forget(groupId: string): void {
    this.#expiries.forget(groupId);
    this.#talks.delete(groupId);
  }

  /** Ends what waits and answers nothing more; what is under way is found again at the next start. */
  stop(): void {
    this.#expiries.stop();
    this.#answering.stop();
  }

  /** Says something to everybody; see `GroupsApi.say`. */
  say({ groupId, content, attachment }: GroupSaying): Promise<GroupExchangeView> {
    if (attachment !== undefined) requireAttachment(attachment);
    const said = attachment === undefined ? content : withFile(content, attachment);
    return this.#send(groupId, attachment?.bytes, (group, ids) => {
      const exchange = this.#outgoing(group, ids, { kind: 'message', method: 'say', parameters: said });
      const file = attachment === undefined ? {} : { attachment: attachmentOf(said, attachment.bytes) };
      return {
        payload: { ...ids, type: 'GROUP_MESSAGE', content: said },
        exchange: { ...exchange, group: { ...exchange.group, ...file } },
      };
    });
  }

  /** Asks members; see `GroupsApi.ask`. */
  ask({ groupId, ...asking }: GroupAsking): Promise<GroupExchangeView> {
    return this.askIn(groupId, asking);
  }

  /** Asks members, in the exchange that it has already where there is one. Rejects with `invalid_input` for an expiry, or members, that no request has. */
  askIn(groupId: string, { method, parameters, to, expires, exchange }: OutgoingAsk): Promise<GroupExchangeView> {
    const seconds = requireExpiry(expires);
    const name = exchange?.requestId;
    const named = name !== undefined && isMessageId(name) ? { messageId: name } : {};
    const make: Make = (group, ids) => {
      const asked = requireAsked(group, to);
      const expiresAt = ids.sentAt + seconds;
      const about = { kind: 'request' as const, method, parameters };
      const made = this.#outgoing(group, ids, about, exchange);
      const only = to === undefined ? {} : { to: [...to] };
      return {
        payload: { ...ids, type: 'GROUP_REQUEST', method, parameters, expiresAt, ...only },
        exchange: { ...made, group: { ...made.group, awaiting: asked, expiresAt: 1_000 * expiresAt, ...only } },
      };
    };
    return this.#send(groupId, undefined, make, named);
  }

  /** Resolves when the log has a message of this agent, at once when it does; rejects when it never will. */
  stored(exchange: GroupExchangeView): Promise<GroupExchangeView> {
    if (exchange.group.delivery !== 'sending') return Promise.resolve(exchange);
    const { messageId } = exchange.group;
    const waiting = this.#storing.get(messageId) ?? Promise.withResolvers<GroupExchangeView>();
    this.#storing.set(messageId, waiting);
    return waiting.promise;
  }

  /** Returns the bytes of a message's attachment; see `GroupsApi.attachment`. */
  attachment(groupId: string, messageId: string): Promise<Bytes> {
    return this.#files.read(groupId, messageId);
  }

  /** Hears that something of a conversation was deleted: attachments of messages that are gone are deleted as well. */
  deletedFrom(conversation: string): void {
    for (const groupId of this.#talks.keys()) {
      const group = this.#deps.port.group(groupId);
      if (group === undefined || conversationWith(group) !== conversation) continue;
      // What cannot be deleted now goes with the next deletion.
      this.dropFiles(groupId).catch((cause: unknown) => void asParleyError(cause));
    }
  }

  /** Deletes attachments whose messages are gone from the history. */
  dropFiles(groupId: string): Promise<void> {
    return this.#files.drop(groupId);
  }

  /** Notes that the person has seen everything; see `GroupsApi.markRead`. */
  markRead(groupId: string): Promise<void> {
    return this.#reading.markRead(groupId);
  }

  /** Tells the others from now on what this agent's owner has seen, or no more. */
  setReceipts(groupId: string, isOn: boolean): Promise<void> {
    return this.#reading.setReceipts(groupId, isOn);
  }

  /** Sends a payload and keeps its exchange with it; gives the exchange as it was kept. */
  async #send(
    groupId: string,
    attachment: Bytes | undefined,
    make: Make,
    ids: Partial<ReturnType<typeof talkIds>> = {},
  ): Promise<GroupExchangeView> {
    let sent: GroupExchangeView | undefined;
    const { port } = this.#deps;
    await port.send(groupId, async () => {
      const { one } = this.#of(groupId);
      const { payload, exchange } = make(this.#requireGroup(groupId), { ...talkIds(this.#deps), ...ids });
      const draft: Draft = emptyDraft();
      draft.exchanges.push(exchange);
      if (attachment !== undefined) one.keepFile(draft, exchange.requestId, attachment);
      draft.after.push(() => one.sending.set(payload.messageId, exchange.requestId));
      const step = one.stepOf(draft);
      const kept: TalkStep['kept'] = (exchanges) => {
        sent = ofGroup(exchanges[0]);
        step.kept(exchanges);
        this.#expiries.arm(groupId);
      };
      return { payload, step: { ...step, kept }, ...(attachment === undefined ? {} : { attachment }) };
    });
    if (sent === undefined) throw new ParleyError('internal_error', 'The message was not kept.');
    return sent;
  }

  #requireGroup(groupId: string): TalkGroup {
    const group = this.#deps.port.group(groupId);
    if (group?.isMember === true) return group;
    throw new ParleyError('unknown_group', 'This agent is not in this group. Nothing was sent.');
  }

  #outgoing(
    group: TalkGroup,
    { messageId, sentAt }: ReturnType<typeof talkIds>,
    {
      kind,
      method,
      parameters,
    }: Pick<ExchangeView, 'method' | 'parameters'> & { readonly kind: 'message' | 'request' },
    begun?: ExchangeView,
  ): GroupExchangeView {
    const { self, now } = this.#deps;
    const place = begun ?? { requestId: messageId, peerId: conversationWith(group), at: now() };
    return {
      ...{ sessionId: '', ...place, direction: 'outgoing', sentAt, method, parameters, status: 'pending' },
      group: {
        ...{ groupId: group.groupId, messageId, sender: self, kind },
        ...{ answers: [], awaiting: [], delivery: 'sending' },
      },
    };
  }

  /** Shows an exchange, and tells whoever waits for it to be in the log. */
  #shown(exchange: ExchangeView): void {
    const one = ofGroup(exchange);
    const until = one === undefined || !isWaiting(one) ? undefined : (one.group.expiresAt ?? 0);
    const isDirect = !exchange.peerId.startsWith('#');
    const waiting = until === undefined ? {} : { waiting: { for: isDirect ? 'return' : 'answer', until } as const };
    this.#deps.activity.putExchange({ ...exchange, ...waiting });
    const storing = one === undefined ? undefined : this.#storing.get(one.group.messageId);
    if (one === undefined || storing === undefined) return;
    const { code, detail } = exchange.error ?? { code: '', detail: '' };
    if (one.group.delivery !== 'sending') storing.resolve(one);
    else if (exchange.status === 'failed')
      storing.reject(asParleyError(new ParleyError('timed_out', `${detail} (${code})`)));
    else return;
    this.#storing.delete(one.group.messageId);
  }

  #of(groupId: string): { readonly one: OneTalk; readonly taking: Taking } {
    const known = this.#talks.get(groupId);
    if (known !== undefined) return known;
    const one = new OneTalk(this.#deps, this.#listener, groupId);
    const talk = { one, taking: new Taking(this.#deps, this.#listener, one) };
    this.#talks.set(groupId, talk);
    return talk;
  }
}
