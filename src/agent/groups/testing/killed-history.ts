import { isGroupId } from '../../../group/log/group-id.ts';
import { groupAuthenticator } from '../../../group/member/authenticator.ts';
import { loadMember } from '../../../group/storage/load.ts';
import type { StoredParts } from '../../../group/storage/parts.ts';
import type { Chance } from '../../../mls/testing/chance.ts';
import { toHex } from '../../../protocol/bytes.ts';
import { conversationOf } from '../../contracts/group-views.ts';
import { SealedRows } from '../rows/sealed-rows.ts';
import type { GroupWorld } from './group-world.ts';
import {
  ask,
  exchangeWith,
  heal,
  leaveMessage,
  loseState,
  type Stage,
  sendFile,
  textOf,
  type Wish,
} from './killed-deeds.ts';
import type { Mortal } from './mortal.ts';

/** Milliseconds of the world's clock after which something that did not come about is tried again. */
const patienceMs = 60_000;
const mostTries = 12;

/** What may happen in a group. */
export type Deed = 'say' | 'ask' | 'file' | 'rename' | 'appoint' | 'leave' | 'heal' | 'lose' | 'direct';

/** A group of agents whose processes end: what is done in it comes about all the same. */
export class KilledHistory implements Stage {
  readonly world: GroupWorld;
  readonly #all: readonly Mortal[];
  readonly chance: Chance;
  readonly #name: string;
  #groupId = '';
  readonly #said: { readonly by: Mortal; readonly text: string; readonly to: readonly Mortal[] }[] = [];
  /** Things that were to happen so far. */
  #turn = 0;
  members: readonly Mortal[] = [];

  constructor(world: GroupWorld, all: readonly Mortal[], chance: Chance, name: string) {
    this.world = world;
    this.#all = all;
    this.chance = chance;
    this.#name = name;
  }

  get groupId(): string {
    return this.#groupId;
  }

  get #admin(): Mortal {
    const [admin] = this.#all;
    if (admin === undefined) throw new Error('Nobody is there.');
    return admin;
  }

  /** Makes the group and lets everybody in. */
  async begin(): Promise<void> {
    const admin = this.#admin;
    const others = this.#all.slice(1);
    await this.achieve({
      what: 'the group is made',
      isDone: () => this.#find()?.status === 'member',
      act: () => this.#create(others),
    });
    this.members = [admin];
    for (const other of others) await this.#letIn(other);
  }

  /** Has every member say something, and looks at the group from every side. */
  async end(): Promise<void> {
    for (const member of this.members) await this.#sayAs(member);
    await this.#check();
  }

  /** Has one thing happen, until everybody has it. */
  do(deed: Deed): Promise<void> {
    const turn = this.#turn++;
    const text = `${deed} ${turn} of ${this.#name}`;
    const acts: Readonly<Record<Deed, () => Promise<void>>> = {
      say: () => this.#say(),
      ask: () => ask(this, text),
      file: () => sendFile(this, text),
      rename: () => this.#rename(),
      appoint: () => this.#appoint(),
      leave: () => this.#leaveAndReturn(),
      // A group in which nobody has said anything needs no new keys.
      heal: () => this.#say().then(() => heal(this)),
      lose: () => loseState(this),
      direct: () => leaveMessage(this, text, turn),
    };
    return acts[deed]();
  }

  expects(by: Mortal, text: string): void {
    this.#said.push({ by, text, to: this.members });
  }

  #find() {
    return this.#admin.agent.groups.list().find(({ name }) => name === this.#name);
  }

  async #create(others: readonly Mortal[]): Promise<void> {
    const there = this.#find();
    // One that was stored goes on by itself.
    if (there !== undefined) return;
    const invite = others.map(({ agentId }) => agentId);
    await this.#admin.agent.groups.create({ name: this.#name, invite });
  }

  async #letIn(other: Mortal): Promise<void> {
    this.#groupId = this.#groupId || (this.#find()?.groupId ?? '');
    const admin = this.#admin;
    await this.achieve({
      what: `${other.name} is invited`,
      isDone: () => this.#has(admin, other),
      act: () => admin.agent.groups.invite(this.#groupId, [other.agentId]),
    });
    await this.achieve({
      what: `${other.name} accepts`,
      isDone: () => this.view(other)?.status === 'member',
      act: async () => {
        const isInvited = other.agent.groups.invitations().some(({ groupId }) => groupId === this.#groupId);
        if (isInvited) await other.agent.groups.accept(this.#groupId);
      },
    });
    this.members = [...this.members.filter((one) => one !== other), other];
  }

  async #say(): Promise<void> {
    await this.#sayAs(this.chance.pick(this.members));
  }

  async #sayAs(by: Mortal): Promise<void> {
    const text = `${by.name} says ${this.#said.length}`;
    const to = this.members;
    this.expects(by, text);
    // Said once: what is stored must reach everybody, however often processes end.
    await this.achieve({
      what: `everybody hears ${text}`,
      isDone: () => to.every((one) => this.#hears(one, text)),
      act: async () => {
        if (!this.#hears(by, text)) await by.agent.groups.say({ groupId: this.#groupId, content: text });
      },
    });
  }

  async #rename(): Promise<void> {
    const name = `${this.#name} ${this.#said.length} ${this.chance.below(1_000)}`;
    await this.achieve({
      what: 'the group has another name',
      isDone: () => this.members.every((one) => this.view(one)?.name === name),
      act: () => this.#admin.agent.groups.rename(this.#groupId, name),
    });
  }

  /** Other admins, and then somebody speaks in the new epoch. */
  async #appoint(): Promise<void> {
    const members = this.members.map(({ agentId }) => agentId).toSorted();
    const epoch = this.view(this.#admin)?.epoch ?? 0;
    const admins = members.filter((one) => one === this.#admin.agentId || this.chance.percent(50));
    const same = this.view(this.#admin)
      ?.members.filter(({ isAdmin }) => isAdmin)
      .map(({ agentId }) => agentId);
    if (same?.toSorted().join() === admins.join()) return;
    const speaker = this.chance.pick(this.members);
    await this.achieve({
      what: 'the group has other admins',
      isDone: () => this.members.every((one) => (this.view(one)?.epoch ?? 0) > epoch),
      act: () => this.#admin.agent.groups.setAdmins(this.#groupId, admins),
    });
    await this.#sayAs(speaker);
  }

  async #leaveAndReturn(): Promise<void> {
    const leaver = this.members.at(-1);
    if (leaver === undefined || leaver === this.#admin) return;
    const isOver = () => ['left', 'removed'].includes(this.view(leaver)?.status ?? '');
    const isRemoved = this.chance.percent(50);
    await this.achieve({
      what: `${leaver.name} is gone`,
      isDone: () => isOver() && !this.#has(this.#admin, leaver),
      act: async () => {
        if (isRemoved && this.#has(this.#admin, leaver))
          await this.#admin.agent.groups.remove(this.#groupId, [leaver.agentId]);
        else if (!isRemoved && this.view(leaver)?.status === 'member') await leaver.agent.groups.leave(this.#groupId);
      },
    });
    this.members = this.members.filter((one) => one !== leaver);
    await this.#say();
    await this.#letIn(leaver);
  }

  view(mortal: Mortal) {
    if (mortal.isDead || mortal.resident === undefined) return undefined;
    return mortal.agent.groups.list().find(({ groupId }) => groupId === this.#groupId);
  }

  #has(mortal: Mortal, other: Mortal): boolean {
    return this.view(mortal)?.members.some(({ agentId }) => agentId === other.agentId) ?? false;
  }

  #hears(mortal: Mortal, text: string): boolean {
    return exchangeWith(mortal, conversationOf(this.#groupId), text) !== undefined;
  }

  async achieve(wish: Wish): Promise<void> {
    for (let tries = 0; tries < mostTries; tries++) {
      await this.#reviveAll();
      if (wish.isDone()) return;
      await this.#attempt(wish);
      if (this.#someoneDied()) continue;
      await this.#waitFor(wish.isDone, wish.patienceMs);
    }
    throw new Error(
      `It does not come about that ${wish.what}: ${JSON.stringify(this.#all.map((one) => this.view(one)))}`,
    );
  }

  /** Lets time pass until it is so, somebody has died, or patience is over. */
  async #waitFor(isSo: () => boolean, ms = patienceMs): Promise<void> {
    const { clock } = this.world.world;
    const until = clock.now() + ms;
    let turn = 0;
    // Looking is more work than a turn of the event loop.
    const look = () => (turn++ % 20 === 0 && isSo()) || this.#someoneDied() || clock.now() > until || undefined;
    await this.world.passing(look);
  }

  async #attempt({ act, what }: Wish): Promise<void> {
    let failed: unknown;
    let isOver: true | undefined;
    const over = () => {
      isOver = true;
    };
    act().then(over, (cause: unknown) => {
      failed = cause;
      over();
    });
    await this.world.passing(() => isOver ?? (this.#someoneDied() || undefined));
    if (failed !== undefined && !this.#someoneDied()) throw new Error(`It fails that ${what}.`, { cause: failed });
  }

  #someoneDied(): boolean {
    return this.#all.some(({ isDead }) => isDead);
  }

  async #reviveAll(): Promise<void> {
    while (this.#someoneDied()) for (const one of this.#all) if (one.isDead) await one.revive();
  }

  async #check(): Promise<void> {
    const [first] = this.members;
    if (first === undefined) throw new Error('Nobody is left.');
    await this.#waitFor(() => new Set(this.members.map((one) => this.view(one)?.next)).size === 1);
    const ends = await Promise.all(this.members.map((one) => this.#endOf(one)));
    if (new Set(ends).size !== 1) throw new Error(`Members differ at the end: ${ends.join('; ')}`);
    for (const member of this.members) await this.#checkConversation(member);
  }

  /** What is stored of the member: epoch, place in the log, head and authenticator. */
  async #endOf({ store, agentId, agent }: Mortal): Promise<string> {
    const keys = await store.loadHistoryKeys();
    const groupId = this.#groupId;
    if (keys === undefined || !isGroupId(groupId)) throw new Error('There is no group.');
    const { environment } = this.world.world;
    const rows = new SealedRows({ agentId, store, keys, environment, history: agent.historyService.history });
    const parts: StoredParts = {
      read: (part) => rows.read(groupId, part),
      all: (prefix) => rows.all(groupId, prefix),
      key: (id) => rows.key(id),
    };
    const member = await loadMember(environment.subtle, groupId, parts);
    if (member === undefined) throw new Error(`${agentId} has no member.`);
    const { state, next, head, lastCommit } = member;
    const authenticator = toHex(await groupAuthenticator(environment.subtle, state));
    return [state.context.epoch, next, lastCommit, toHex(head), authenticator].join(' ');
  }

  /** Everything that was said while it was a member is there once, in the order of the log. */
  async #checkConversation(member: Mortal): Promise<void> {
    const indices: number[] = [];
    const texts: unknown[] = [];
    for await (const { parameters, group } of member.agent.historyService.history.all(conversationOf(this.#groupId))) {
      if (group?.index === undefined) throw new Error(`${member.name} has a message without a place.`);
      texts.push(textOf(parameters));
      indices.push(group.index);
    }
    const expected = this.#said.filter(({ to }) => to.includes(member)).map(({ text }) => text);
    if (JSON.stringify(texts.toSorted()) !== JSON.stringify(expected.toSorted())) {
      throw new Error(`${member.name} has ${JSON.stringify(texts)}, not ${JSON.stringify(expected)}.`);
    }
    if (new Set(indices).size !== indices.length) throw new Error(`${member.name} has an entry twice.`);
  }
}
