import type { Agent } from '../agent/agent.ts';
import type { Emitter } from '../agent/contracts/emitter.ts';
import type {
  GroupAttachmentView,
  GroupSettingsView,
  GroupView,
  InvitationView,
} from '../agent/contracts/group-views.ts';
import type { NewGroup } from '../agent/contracts/groups-api.ts';
import type { AgentEvent, GroupExchangeView, Json } from '../agent/contracts/views.ts';
import { ParleyError } from '../protocol/errors.ts';
import { type Report, telling } from './error-listener.ts';
import { Group, type GroupDeps } from './group.ts';
import { type GroupsEvent, groupsEventOf } from './group-events.ts';
import { requireListener, requireNewGroup, requireText } from './group-options.ts';

/** Messages that are held back until somebody listens, the newest. */
const mostEarly = 1_000;
/** Messages that are known to have been told. */
const mostTold = 4_096;

/** A message of another member, as `groups.onMessage` gets it. */
export interface GroupMessage {
  readonly group: Group;
  /** The agent_id whose signature was verified. */
  readonly from: string;
  readonly content: Json;
  /** 32 hex digits: what `group.attachment` takes. */
  readonly messageId: string;
  /** When the service stored it, in milliseconds since 1970. */
  readonly at: number;
  readonly attachment?: GroupAttachmentView;
}

/** What groups reach their agent through. */
interface GroupsDeps {
  /** Every event of the agent, from before it was opened. */
  readonly events: Emitter<AgentEvent>;
  readonly report: Report;
  ask<T>(work: (agent: Agent) => T | Promise<T>): Promise<T>;
  /** Returns the agent while it is open. */
  opened(): Agent | undefined;
}

/** The groups of an agent, and the invitations to others. */
export class Groups {
  readonly #deps: GroupsDeps;
  readonly #ofGroup: GroupDeps;
  readonly #views = new Map<string, GroupView>();
  readonly #messageListeners = new Set<(exchange: GroupExchangeView) => void>();
  readonly #told = new Set<string>();
  /** Messages that came before anybody listened; undefined from the first listener on. */
  #early: GroupExchangeView[] | undefined = [];

  constructor(deps: GroupsDeps) {
    this.#deps = deps;
    this.#ofGroup = {
      events: deps.events,
      ask: deps.ask,
      view: (groupId) => this.#all().find((view) => view.groupId === groupId) ?? this.#views.get(groupId),
      follow: (listener) => this.#follow(listener),
    };
    deps.events.follow((event) => this.#note(event));
  }

  /**
   * Resolves when everything that the delivery service has now is taken in, as far as it can be had. It happens by itself as well: this is
   * for a program that opens its agent, looks, and ends.
   */
  catchUp(): Promise<void> {
    return this.#deps.ask(({ groups }) => groups.catchUp());
  }

  /** Makes a group with this agent as its admin, and invites. Resolves when the delivery service has it. */
  async create(group: NewGroup): Promise<Group> {
    requireNewGroup(group);
    const { name, invite } = group;
    const given = { name, ...(invite === undefined ? {} : { invite: [...invite] }) };
    return this.#groupOf(await this.#deps.ask(({ groups }) => groups.create(given)));
  }

  /** Returns the group of a group_id. Rejects with `unknown_group` when this agent has none of it. */
  async open(groupId: string): Promise<Group> {
    requireText('groups.open', 'groupId', groupId);
    const views = await this.#deps.ask(({ groups }) => groups.list());
    const view = views.find((each) => each.groupId === groupId);
    if (view === undefined) throw new ParleyError('unknown_group', 'This agent has no group of this id.');
    return this.#groupOf(view);
  }

  /**
   * Returns the groups of this agent, also those that it has left and not forgotten. Direct groups, in which messages for an agent that is
   * away are left, are not listed: `open` opens one.
   */
  async list(): Promise<readonly Group[]> {
    const views = await this.#deps.ask(({ groups }) => groups.list());
    return views.filter(({ kind }) => kind === 'group').map((view) => this.#groupOf(view));
  }

  /** Returns the groups that this agent was invited into and has not joined. */
  invitations(): Promise<readonly InvitationView[]> {
    return this.#deps.ask(({ groups }) => groups.invitations());
  }

  /** Joins a group that this agent was invited into. */
  async accept(groupId: string): Promise<Group> {
    requireText('groups.accept', 'groupId', groupId);
    return this.#groupOf(await this.#deps.ask(({ groups }) => groups.accept(groupId)));
  }

  /** Deletes an invitation, and tells who sent it. */
  async decline(groupId: string): Promise<void> {
    requireText('groups.decline', 'groupId', groupId);
    return this.#deps.ask(({ groups }) => groups.decline(groupId));
  }

  /** Returns which invitations of known agents join by themselves: those of agents that were verified, or answered before. */
  settings(): Promise<GroupSettingsView> {
    return this.#deps.ask(({ groups }) => groups.settings());
  }

  /** Chooses which invitations of known agents join by themselves from now on, by the kind of the group. */
  setSettings(settings: GroupSettingsView): Promise<void> {
    return this.#deps.ask(({ groups }) => groups.setSettings(settings));
  }

  /** Tells `listener` what happens in all groups, and of invitations, from now on; the function it returns ends that. */
  onEvent(listener: (event: GroupsEvent) => unknown): () => void {
    requireListener('groups.onEvent', listener);
    return this.#follow(listener);
  }

  /**
   * Tells `listener` of each message of another member, once; the function it returns ends that. The first listener also gets the
   * messages that came since the agent was opened, the newest 1,000. Those of a member that is not trusted, or that reads another
   * history, are not told: `onEvent` and the history have them.
   */
  onMessage(listener: (message: GroupMessage) => unknown): () => void {
    requireListener('groups.onMessage', listener);
    const tell = (exchange: GroupExchangeView) => {
      const { group, parameters: content, at } = exchange;
      const { groupId, messageId, sender: from, attachment } = group;
      const message = {
        ...{ group: new Group(groupId, this.#ofGroup), from, content, messageId, at },
        ...(attachment === undefined ? {} : { attachment }),
      };
      telling(listener, this.#deps.report, () => ({ source: 'onMessage', groupId, messageId }))(message);
    };
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#messageListeners.add(tell);
    for (const exchange of early) tell(exchange);
    return () => void this.#messageListeners.delete(tell);
  }

  #groupOf(view: GroupView): Group {
    this.#views.set(view.groupId, view);
    return new Group(view.groupId, this.#ofGroup);
  }

  #all(): readonly GroupView[] {
    return this.#deps.opened()?.snapshot().groups ?? [];
  }

  #follow(listener: (event: GroupsEvent) => unknown): () => void {
    const tell = telling(listener, this.#deps.report, ({ type }) => ({ source: 'onEvent', event: type }));
    return this.#deps.events.follow((event) => {
      const told = groupsEventOf(event);
      if (told !== undefined) tell(told);
    });
  }

  #note(event: AgentEvent): void {
    if (event.type === 'group') this.#views.set(event.group.groupId, event.group);
    if (event.type !== 'exchange') return;
    const told = groupsEventOf(event);
    if (told?.type === 'exchange' && isMessage(told.exchange)) this.#noteMessage(told.exchange);
  }

  #noteMessage(exchange: GroupExchangeView): void {
    const { group, requestId } = exchange;
    const key = `${group.groupId} ${requestId}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const [oldest] = this.#told;
    if (this.#told.size > mostTold && oldest !== undefined) this.#told.delete(oldest);
    this.#early?.push(exchange);
    if (this.#early !== undefined && this.#early.length > mostEarly) this.#early.shift();
    for (const tell of this.#messageListeners) tell(exchange);
  }
}

function isMessage({ direction, group }: GroupExchangeView): boolean {
  return direction === 'incoming' && group.kind === 'message' && group.apart === undefined;
}
