import type { Agent } from '../agent/agent.ts';
import type { Emitter } from '../agent/contracts/emitter.ts';
import {
  conversationOf,
  type EpochView,
  type GroupEventView,
  type GroupMemberView,
  type GroupStatus,
  type GroupView,
} from '../agent/contracts/group-views.ts';
import type { NewBeginning } from '../agent/contracts/groups-api.ts';
import type { HistoryPageView } from '../agent/contracts/history-views.ts';
import type { AgentEvent, GroupExchangeView, Json } from '../agent/contracts/views.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { AskedAnswers, type GroupAnswers } from './group-answers.ts';
import { type GroupsEvent, groupIdOf } from './group-events.ts';
import {
  type GroupAskOptions,
  type GroupSendOptions,
  readGroupSend,
  requireAgentIds,
  requireFlag,
  requireGroupAsk,
  requireListener,
  requireText,
} from './group-options.ts';
import type { Sendable } from './typed-methods.ts';
import { failureOf, WatchedExchange } from './watched-exchange.ts';

/** What a group reaches its agent through. */
export interface GroupDeps {
  readonly events: Emitter<AgentEvent>;
  ask<T>(work: (agent: Agent) => T | Promise<T>): Promise<T>;
  /** Returns the newest view of a group that is known. */
  view(groupId: string): GroupView | undefined;
  /** Tells `listener` of groups, and returns what ends that; its failures go to `onError`. */
  follow(listener: (event: GroupsEvent) => unknown): () => void;
}

/**
 * A group of this agent: one conversation of up to 256 agents with one set of keys. Calls reject with `unknown_group` once this agent has
 * left or was removed, and with `not_permitted` for what only an admin may. While nothing can be sent, they reject with `group_forked`,
 * `group_stranded` or `member_not_trusted`.
 */
export class Group {
  /** 32 hex digits. */
  readonly id: string;
  readonly #deps: GroupDeps;
  #last: GroupView | undefined;

  constructor(id: string, deps: GroupDeps) {
    this.id = id;
    this.#deps = deps;
  }

  /** Returns the group as it is now; once it is forgotten, as it was last. */
  get view(): GroupView {
    const view = this.#deps.view(this.id) ?? this.#last;
    if (view === undefined) throw new ParleyError('unknown_group', 'This agent has no such group.');
    this.#last = view;
    return view;
  }

  get name(): string {
    return this.view.name;
  }

  /** `direct`: two agents, for messages to one that is away. */
  get kind(): GroupView['kind'] {
    return this.view.kind;
  }

  get status(): GroupStatus {
    return this.view.status;
  }

  /** Returns the members, this agent among them, with their roles and why nothing is sent to whom. */
  get members(): readonly GroupMemberView[] {
    return this.view.members;
  }

  /**
   * Says something to everybody. Resolves with the message once the delivery service has it. While the service does not answer it waits;
   * the message is stored here, and goes out by itself, also at the next `Agent.open`. Rejects with the reason of `signal`.
   */
  send<Content = unknown>(content: Content & Sendable<Content>, options?: GroupSendOptions): Promise<GroupExchangeView>;
  async send(content: Json, options: GroupSendOptions = {}): Promise<GroupExchangeView> {
    const attachment = readGroupSend(options);
    const { signal } = options;
    signal?.throwIfAborted();
    const sent = Promise.withResolvers<GroupExchangeView>();
    const watched = new WatchedExchange(this.#deps.events, (exchange) => {
      if (exchange.status === 'failed') sent.reject(failureOf(exchange));
      else if (exchange.group.delivery !== 'sending') sent.resolve(exchange);
    });
    const abort = () => sent.reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    try {
      return await this.#deps.ask(async ({ groups }) => {
        const saying = { groupId: this.id, content, ...(attachment === undefined ? {} : { attachment }) };
        watched.begin(await groups.say(saying));
        return sent.promise;
      });
    } finally {
      // When it was not even stored, nobody waits for what becomes of it.
      sent.promise.catch(doNothing);
      watched.end();
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * Asks members, and returns their answers as they come: loop over it with `for await`. The loop ends when all have answered or the
   * request has expired. It throws what kept the request from being sent, and the reason of `signal`. The request is sent at once,
   * whether anybody loops or not; a member that is away answers when it is back. The types of answers are not checked.
   */
  ask<Result = Json, Parameters = unknown>(
    method: string,
    parameters?: Parameters & Sendable<Parameters>,
    options?: GroupAskOptions,
  ): GroupAnswers<Result>;
  ask(method: string, parameters: Json = null, options: GroupAskOptions = {}): GroupAnswers<unknown> {
    requireGroupAsk(method, options);
    const { to, expires, signal } = options;
    const asking = {
      ...{ groupId: this.id, method, parameters },
      ...(to === undefined ? {} : { to: [...to] }),
      ...(expires === undefined ? {} : { expires }),
    };
    return new AskedAnswers(this.#deps.events, signal, (over, sent) =>
      this.#deps.ask(async ({ groups }) => {
        sent(await groups.ask(asking));
        await over;
      }),
    );
  }

  /** Adds agents of the directory; an admin's. Each joins by itself or is shown an invitation. Rejects with `no_key_package` and `group_full`. */
  async add(agentIds: readonly string[]): Promise<GroupView> {
    requireAgentIds('group.add', 'agentIds', agentIds);
    return this.#deps.ask(({ groups }) => groups.invite(this.id, [...agentIds]));
  }

  /** Removes members; an admin's. What is said from then on they cannot read. */
  async remove(agentIds: readonly string[]): Promise<GroupView> {
    requireAgentIds('group.remove', 'agentIds', agentIds);
    return this.#deps.ask(({ groups }) => groups.remove(this.id, [...agentIds]));
  }

  /** Leaves: another member takes this agent out; one that is alone has left at once. What was said stays until `forget`. */
  leave(): Promise<void> {
    return this.#deps.ask(({ groups }) => groups.leave(this.id));
  }

  /** Gives the group another name, of 1 to 100 characters; an admin's. */
  async rename(name: string): Promise<GroupView> {
    requireText('group.rename', 'name', name);
    return this.#deps.ask(({ groups }) => groups.rename(this.id, name));
  }

  /** Says who the admins are; an admin's. */
  async setAdmins(agentIds: readonly string[]): Promise<GroupView> {
    requireAgentIds('group.setAdmins', 'agentIds', agentIds);
    return this.#deps.ask(({ groups }) => groups.setAdmins(this.id, [...agentIds]));
  }

  /** Asks the members now to take this agent in again, which is `stranded`. */
  rejoin(): Promise<void> {
    return this.#deps.ask(({ groups }) => groups.rejoin(this.id));
  }

  /**
   * Makes a group of the same name with the same members, in place of one in which this agent is `stranded` and that nobody takes it into again.
   * Resolves with the view of the new one, and who could not be invited. What was said stays under this one, which is left.
   */
  startAnew(): Promise<NewBeginning> {
    return this.#deps.ask(({ groups }) => groups.startAnew(this.id));
  }

  /** Chooses whether the others are told what `markRead` has marked. */
  async setReceipts(on: boolean): Promise<GroupView> {
    requireFlag('group.setReceipts', 'on', on);
    return this.#deps.ask(({ groups }) => groups.setReceipts(this.id, on));
  }

  /** Notes that everything up to here has been seen: `view.unread` is 0 then. */
  markRead(): Promise<void> {
    return this.#deps.ask(({ groups }) => groups.markRead(this.id));
  }

  /** Sends again although the group’s history differs from others’: the owner has looked at `view.fork` and decided. */
  goOnForked(): Promise<GroupView> {
    return this.#deps.ask(({ groups }) => groups.goOnForked(this.id));
  }

  /** Deletes a group that this agent has left or was removed from, with what was said in it. */
  forget(): Promise<void> {
    return this.#deps.ask(({ groups }) => groups.forget(this.id));
  }

  /** Returns the bytes that came with a message. Rejects with `invalid_input` when there are none any more. */
  async attachment(messageId: string): Promise<Bytes> {
    requireText('group.attachment', 'messageId', messageId);
    return this.#deps.ask(({ groups }) => groups.attachment(this.id, messageId));
  }

  /** Returns a page of what was said, the oldest first: the newest 50, or those before `olderThan` of another page. */
  history(before?: number, count?: number): Promise<HistoryPageView> {
    const { kind, peerId } = this.view;
    const conversation = kind === 'direct' && peerId !== undefined ? peerId : conversationOf(this.id);
    return this.#deps.ask(({ historyService }) => historyService.history.page(conversation, before, count));
  }

  /** Returns what happened beside messages, the newest last: up to `count` (50) before an index. */
  events(before?: number, count?: number): Promise<readonly GroupEventView[]> {
    return this.#deps.ask(({ groups }) => groups.events(this.id, before, count));
  }

  /** Returns the epochs that are kept, the newest last, 64 at most: the tree and who could read, no secret. */
  epochs(): Promise<readonly EpochView[]> {
    return this.#deps.ask(({ groups }) => groups.epochs(this.id));
  }

  /** Tells `listener` what happens in this group from now on; the function it returns ends that. */
  onEvent(listener: (event: GroupsEvent) => unknown): () => void {
    requireListener('group.onEvent', listener);
    return this.#deps.follow((event) => (groupIdOf(event) === this.id ? listener(event) : undefined));
  }
}

function doNothing(): void {}
