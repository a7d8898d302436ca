import type { GroupEventView, GroupView, InvitationView } from '../agent/contracts/group-views.ts';
import { type AgentEvent, exchangeKey, type GroupExchangeView } from '../agent/contracts/views.ts';
import { eventWords } from '../console/group-event-words.ts';
import { groupAnswered, groupSaid } from '../console/group-words.ts';
import type { Told } from './screen.ts';

/** Things that are known to have been told. */
const mostTold = 4_096;

/** Says what happens in groups. Names and contents are shown to a person at a terminal, never in a log. */
export class GroupTeller {
  readonly #agentId: string;
  readonly #isPerson: boolean;
  readonly #groups = new Map<string, GroupView>();
  readonly #told = new Set<string>();

  constructor(agentId: string, isPerson: boolean) {
    this.#agentId = agentId;
    this.#isPerson = isPerson;
  }

  /** Returns what an event says to whoever runs the agent; undefined for nothing new. */
  words(event: AgentEvent): Told | undefined {
    switch (event.type) {
      case 'group':
        return this.#groupWords(event.group);
      case 'invitation':
        return this.#invitationWords(event.invitation);
      case 'group_event':
        return this.#eventWords(event.event);
      default:
        return undefined;
    }
  }

  /** Returns what an exchange of a group says; undefined for one of this agent itself, and for what it need not answer. */
  exchangeWords(exchange: GroupExchangeView): Told | undefined {
    const { direction, status, method, group, answerBy } = exchange;
    if (direction !== 'incoming' || !this.#isNew(`${exchangeKey(exchange)} ${status}`)) return undefined;
    const { sender, kind, groupId, apart } = group;
    const where = this.#nameOf(groupId);
    const note = apart === undefined ? '' : ' (shown apart: not trusted, or of another history)';
    if (kind === 'message') {
      return this.#isPerson
        ? ['INFO', `${where} · ${sender}: ${groupSaid(exchange)}${note}`]
        : ['INFO', `${sender} sent a message to ${where}${note}`];
    }
    if (status === 'pending') return undefined;
    const what = this.#isPerson ? groupSaid(exchange) : method;
    if (status === 'held') {
      const until = answerBy === undefined ? '' : ` until ${new Date(answerBy).toISOString()}`;
      return ['WARN', `${where} · ${sender} asks ${what} and waits${until}. Type answer ${sender} "text".`];
    }
    const own = group.answers.find(({ from }) => from === this.#agentId);
    // Others are asked, or it was not run.
    if (own === undefined)
      return apart === undefined ? undefined : ['WARN', `${where} · ${sender} asked ${what}${note}`];
    const said = this.#isPerson ? groupAnswered(own) : own.status;
    return ['INFO', `${where} · ${sender} asked ${what}: ${said}`];
  }

  #groupWords(group: GroupView): Told | undefined {
    const { groupId, status, blocked } = group;
    const before = this.#groups.get(groupId)?.status;
    this.#groups.set(groupId, group);
    if (before === undefined || before === status || group.kind === 'direct') return undefined;
    const where = this.#nameOf(groupId);
    switch (status) {
      case 'stranded':
        return [
          'WARN',
          `${where}: this agent can no longer follow the group. The members are asked to take it in again.`,
        ];
      case 'forked':
        return ['WARN', `${where}: the members disagree on its history. ${blocked?.detail ?? 'Nothing is sent.'}`];
      case 'removed':
        return ['WARN', `${where}: this agent was removed. What was said stays; it reads nothing more.`];
      default:
        return undefined;
    }
  }

  #invitationWords({ groupId, name, kind, inviter, inviterVerification, members }: InvitationView): Told | undefined {
    if (!this.#isNew(`invitation ${groupId}`)) return undefined;
    const id = groupId.slice(0, 8);
    const who = `${inviter} (${inviterVerification})`;
    const what =
      kind === 'direct'
        ? `${who} has left messages for you.`
        : `${who} invites you to ${this.#isPerson ? `“${name}”` : `group ${id}`}, ${members.length} members.`;
    return ['WARN', `${what} Type group accept ${id}, or group decline ${id}.`];
  }

  #eventWords(event: GroupEventView): Told | undefined {
    const { groupId, by, what, index } = event;
    const isDull = what.kind === 'updated' || (by === this.#agentId && what.kind !== 'left');
    if (isDull || this.#groups.get(groupId)?.kind === 'direct') return undefined;
    if (!this.#isNew(`event ${groupId} ${index}`)) return undefined;
    const said = this.#isPerson || what.kind !== 'renamed' ? eventWords(event) : `${by} renamed the group`;
    return [what.kind === 'skipped' ? 'WARN' : 'INFO', `${this.#nameOf(groupId)}: ${said}`];
  }

  #nameOf(groupId: string): string {
    const name = this.#isPerson ? this.#groups.get(groupId)?.name : undefined;
    return name === undefined ? `group ${groupId.slice(0, 8)}` : `“${name}”`;
  }

  #isNew(key: string): boolean {
    if (this.#told.has(key)) return false;
    this.#told.add(key);
    const [oldest] = this.#told;
    if (this.#told.size > mostTold && oldest !== undefined) this.#told.delete(oldest);
    return true;
  }
}
