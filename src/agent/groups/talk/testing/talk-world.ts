import type { Unsent } from '../../../../group/payload/payload.ts';
import type { Bytes } from '../../../../protocol/bytes.ts';
import { createMemoryAgentStore } from '../../../../storage/memory/agent-store.ts';
import { Turns } from '../../../audit/turns.ts';
import type { AgentEvent, ExchangeView } from '../../../contracts/views.ts';
import { loadOrCreateHistoryKeys } from '../../../history/keys.ts';
import { alone } from '../../../history/write-queue.ts';
import { Answerers } from '../../../messages/answerers.ts';
import { EarlierRequests } from '../../../messages/earlier-requests.ts';
import { MethodRegistry } from '../../../messages/methods.ts';
import { RequestMemory } from '../../../messages/request-memory.ts';
import { type HistoryService, startHistoryService } from '../../../start/history-service.ts';
import { ActivityLog } from '../../../state/activity-log.ts';
import { TestClock } from '../../../testing/clock.ts';
import { until } from '../../../testing/until.ts';
import type { OutgoingTalk, TakenMessage, TalkGroup, TalkPort, TalkStep } from '../ports.ts';
import { GroupTalk } from '../talk.ts';

/** The group of a test. */
export const groupId = 'ab'.repeat(16);

/** The agents of a test. */
export const names = {
  traveller: 'traveller_agent_001',
  helper: 'helper_agent_001',
  keeper: 'keeper_agent_001',
} as const;

interface Logged {
  readonly sender: string;
  readonly payload: Unsent;
  readonly attachment?: Bytes;
  readonly at: number;
}

/** A log that has no cryptography: what groups' talk is tried with. */
export class TalkWorld {
  readonly clock = new TestClock(1_790_000_000_000);
  readonly log: Logged[] = [];
  members: readonly string[];
  kind: TalkGroup['kind'] = 'group';

  constructor(...members: readonly string[]) {
    this.members = members;
  }

  open(self: string): Promise<TalkAgent> {
    return TalkAgent.open(this, self, new Map(), createMemoryAgentStore());
  }

  /** Puts a message into the log that no agent of the test has made. */
  append(sender: string, payload: Unsent, attachment?: Bytes): void {
    this.log.push({ sender, payload, at: Math.floor(this.clock.now() / 1_000), ...(attachment && { attachment }) });
  }
}

type Rows = Map<string, Bytes>;

/** An agent of such a world: it reads when it is told to. */
export class TalkAgent implements TalkPort {
  readonly self: string;
  readonly methods = new MethodRegistry();
  readonly events: AgentEvent[] = [];
  readonly activity = new ActivityLog((event) => this.events.push(event));
  talk!: GroupTalk;
  service!: HistoryService;
  answerers!: Answerers;
  isByPerson = false;
  permitted: (peerId: string, method: string) => boolean = () => true;
  /** Why a message of a sender is shown apart. */
  readonly apart = new Map<string, 'diverged' | 'not_trusted'>();
  /** Set: it cannot be said whom to trust. */
  isWaiting = false;
  /** Set: nothing that is sent gets into the log. */
  isOffline = false;
  #next = 0;
  readonly #world: TalkWorld;
  readonly #rows: Rows;
  readonly #store: ReturnType<typeof createMemoryAgentStore>;
  readonly #turns = new Turns();
  readonly #unsent: { readonly payload: Unsent; readonly attachment?: Bytes }[] = [];
  #isStopped = false;

  private constructor(world: TalkWorld, self: string, rows: Rows, store: ReturnType<typeof createMemoryAgentStore>) {
    this.#world = world;
    this.self = self;
    this.#rows = rows;
    this.#store = store;
  }

  static async open(
    world: TalkWorld,
    self: string,
    rows: Rows,
    store: ReturnType<typeof createMemoryAgentStore>,
  ): Promise<TalkAgent> {
    const agent = new TalkAgent(world, self, rows, store);
    const { clock } = world;
    const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    const environment = { subtle: crypto.subtle, random, now: clock.now, monotonic: clock.now };
    agent.service = await startHistoryService({
      ...{ agentId: self, store, scheduler: clock, activity: agent.activity, companion: alone },
      environment,
      emit: (event) => agent.events.push(event),
      keys: await loadOrCreateHistoryKeys(store, crypto.subtle),
    });
    const requests = await RequestMemory.load({ store, environment });
    agent.answerers = new Answerers(agent.methods, clock);
    agent.talk = new GroupTalk({
      ...{ self, port: agent, history: agent.service.history, activity: agent.activity, answerers: agent.answerers },
      ...{ scheduler: clock, inGroups: agent.service.inGroups, now: clock.now, random },
      inbox: new EarlierRequests(requests, agent.service.history),
      isByPerson: () => agent.isByPerson,
      permits: (peerId, method) => agent.permitted(peerId, method),
    });
    return agent;
  }

  /** Takes the group up; its methods are registered by then. */
  begin(): Promise<void> {
    return this.#turns.take(() => this.talk.open(groupId));
  }

  /** Stops it without a word, and opens it again where it was. What it had made and not appended is appended then. */
  async restart(): Promise<TalkAgent> {
    this.#isStopped = true;
    this.talk.stop();
    this.answerers.stop();
    this.service.stop();
    await this.service.history.settled();
    const again = await TalkAgent.open(this.#world, this.self, this.#rows, this.#store);
    again.#next = this.#next;
    again.#unsent.push(...this.#unsent);
    return again;
  }

  /** Appends what waits, and reads everything that the log has. */
  async catchUp(): Promise<void> {
    while (await this.#turns.take(() => this.#step()));
  }

  async #step(): Promise<boolean> {
    if (!this.isOffline)
      for (const one of this.#unsent.splice(0)) this.#world.append(this.self, one.payload, one.attachment);
    const logged = this.#world.log[this.#next];
    if (logged === undefined) return false;
    const index = this.#next++;
    const { payload, sender, at, attachment } = logged;
    const { messageId } = payload;
    const apart = this.apart.get(sender);
    const seen = { index: index - 1, head: new Uint8Array(32) };
    const message: TakenMessage = {
      ...{ index, at, sender, payload: { ...payload, seen } },
      ...(attachment === undefined ? {} : { attachment }),
      ...(apart === undefined ? {} : { apart }),
    };
    const step =
      sender === this.self ? this.talk.logged(groupId, { messageId, index, at }) : this.talk.take(groupId, message);
    await this.#keep(await step);
    return true;
  }

  async #keep(step: TalkStep): Promise<void> {
    if (this.#isStopped) throw new Error('This agent of the test has stopped.');
    const kept = await this.service.history.keepStep({ exchanges: step.exchanges });
    for (const { part, bytes } of step.put) this.#rows.set(part, bytes);
    for (const part of step.drop) this.#rows.delete(part);
    step.kept(kept);
  }

  group(id: string): TalkGroup | undefined {
    if (id !== groupId) return undefined;
    const others = this.#world.members.filter((one) => one !== this.self);
    const { kind, members } = this.#world;
    const [peerId = ''] = others;
    return { groupId, kind, ...(kind === 'direct' ? { peerId } : {}), others, isMember: members.includes(this.self) };
  }

  async standingOf(_: string, agentId: string) {
    return this.apart.get(agentId) ?? (this.isWaiting ? ('waiting' as const) : ('trusted' as const));
  }

  async send(_: string, make: () => Promise<OutgoingTalk | undefined>): Promise<void> {
    await this.#turns.take(async () => {
      const made = await make();
      if (made === undefined) return;
      await this.#keep(made.step);
      this.#unsent.push(made);
    });
  }

  async keep(_: string, make: () => Promise<TalkStep | undefined>): Promise<void> {
    await this.#turns.take(async () => {
      const step = await make();
      if (step !== undefined) await this.#keep(step);
    });
  }

  row(_: string, part: string): Promise<Bytes | undefined> {
    return Promise.resolve(this.#rows.get(part));
  }

  async *rows(_: string, prefix: string): AsyncIterable<{ readonly part: string; readonly bytes: Bytes }> {
    for (const part of [...this.#rows.keys()].filter((one) => one.startsWith(prefix)).sort()) {
      yield { part, bytes: this.#rows.get(part) ?? new Uint8Array() };
    }
  }

  changed(): void {}

  /** Returns what is kept of the conversation, the oldest first. */
  async said(conversation = `#${groupId}`): Promise<readonly ExchangeView[]> {
    return (await this.service.history.page(conversation, undefined, 500)).exchanges;
  }

  /** Returns the parts of rows under a prefix. */
  parts(prefix: string): readonly string[] {
    return [...this.#rows.keys()].filter((part) => part.startsWith(prefix)).sort();
  }
}

/** Lets every agent read until `look` holds: what handlers do meanwhile takes its time. Rejects with what `look` threw last. */
export async function caughtUp(agents: readonly TalkAgent[], look: () => void | Promise<void>): Promise<void> {
  let wrong: unknown;
  const holds = async () => {
    for (const agent of agents) await agent.catchUp();
    try {
      await look();
      return true;
    } catch (cause) {
      wrong = cause;
      return undefined;
    }
  };
  await until(holds, 'what is looked for did not hold').catch((late: unknown) => {
    throw wrong ?? late;
  });
}

/** Opens a group of three that answer `echo`. */
export async function three() {
  const world = new TalkWorld(names.traveller, names.helper, names.keeper);
  const agents: TalkAgent[] = [];
  for (const self of world.members) {
    const agent = await world.open(self);
    agent.methods.register('echo', (parameters) => parameters);
    await agent.begin();
    agents.push(agent);
  }
  const [t, h, k] = agents;
  if (t === undefined || h === undefined || k === undefined) throw new TypeError('There are three.');
  return { world, t, h, k };
}
