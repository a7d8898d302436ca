import type { HostOptions } from '../../host/hosted-agent.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { Agent } from '../agent.ts';
import type { AgentStore, GenerateRsa } from '../contracts/ports.ts';
import type { SessionView } from '../contracts/views.ts';
import { during, passing } from './passing.ts';
import { type Cryptography, generateRsa, type OpenedAgent, TestWorld } from './world.ts';

const pairs = new Map<string, Promise<CryptoKeyPair>>();

/** RSA pairs that every test of a file shares: their making is most of a test's time. */
const pairOf =
  (who: Who): GenerateRsa =>
  (use, bits) => {
    const name = `${who} ${use}`;
    const pair = pairs.get(name) ?? generateRsa(use, bits);
    pairs.set(name, pair);
    return pair;
  };

/** The two agents’ ids. */
export const names = { traveller: 'traveller_agent_001', helper: 'helper_agent_001' } as const;
/** Where they answer. */
export const addresses = { traveller: 'https://localhost:5000', helper: 'https://localhost:5001' } as const;
/** One of the two. */
export type Who = keyof typeof names;

/** Two agents in a session that Traveller began, each of which can be restarted. Every use of an RSA key is in `rsa`. */
export class Pair {
  readonly world: TestWorld;
  readonly first: SessionView;
  readonly rsa: readonly string[];
  readonly #open: Record<Who, OpenedAgent>;
  readonly #more: Record<Who, Partial<HostOptions>>;

  private constructor(
    world: TestWorld,
    rsa: readonly string[],
    first: SessionView,
    open: Record<Who, OpenedAgent>,
    more: Record<Who, Partial<HostOptions>>,
  ) {
    this.world = world;
    this.#more = more;
    this.rsa = rsa;
    this.first = first;
    this.#open = open;
  }

  /** `around` may put itself between Traveller and its store; `more` is what the agents are given besides, also when they come back. */
  static async connected(
    around: (store: AgentStore) => AgentStore = (same) => same,
    { traveller: ofTraveller = {}, helper: ofHelper = {} }: Partial<Record<Who, Partial<HostOptions>>> = {},
  ): Promise<Pair> {
    const rsa: string[] = [];
    const world = await TestWorld.create((environment) => noting(environment, rsa));
    const traveller = await world.open(names.traveller, addresses.traveller, {
      generateRsa: pairOf('traveller'),
      store: around(createMemoryAgentStore()),
      ...ofTraveller,
    });
    const helper = await world.open(names.helper, addresses.helper, { generateRsa: pairOf('helper'), ...ofHelper });
    const first = await traveller.agent.connect(names.helper);
    await helper.agent.send({ peerId: names.traveller, method: 'ping', parameters: null });
    rsa.length = 0;
    return new Pair(world, rsa, first, { traveller, helper }, { traveller: ofTraveller, helper: ofHelper });
  }

  agent(who: Who): Agent {
    return this.#open[who].agent;
  }

  store(who: Who): AgentStore {
    return this.#open[who].store;
  }

  /** Takes an agent away: nobody answers at its address. */
  async leave(who: Who): Promise<void> {
    this.world.agents.delete(addresses[who]);
    await this.agent(who).stop();
  }

  /** Brings an agent back with what it has kept. */
  async comeBack(who: Who): Promise<Agent> {
    this.#open[who] = await this.world.open(names[who], addresses[who], { ...this.#more[who], store: this.store(who) });
    return this.agent(who);
  }

  async restart(who: Who): Promise<Agent> {
    await this.leave(who);
    return this.comeBack(who);
  }

  /** Lets time pass until `look` finds something; see `passing`. */
  passing<T>(look: () => T | undefined): Promise<T> {
    return passing(this.world.clock, look);
  }

  /** Lets time pass until `work` is over; gives what it gives. */
  during<T>(work: Promise<T>): Promise<T> {
    return during(this.world.clock, work);
  }

  /** Lets so many milliseconds pass, with all that they bring about. */
  async pass(ms: number): Promise<void> {
    const end = this.world.clock.now() + ms;
    await this.passing(() => (this.world.clock.now() > end ? true : undefined));
  }

  /** Lets an agent's timers run until it has a session that follows the first one. */
  async resumed(who: Who): Promise<SessionView> {
    return this.passing(() => living(this.agent(who)).find(({ resumes }) => resumes !== undefined));
  }
}

/** The sessions of an agent that live. */
export const living = (agent: Agent) => agent.snapshot().sessions.filter(({ status }) => status === 'ESTABLISHED');

/** Cryptography that notes every use of an RSA key. */
function noting(environment: Cryptography, rsa: string[]): Cryptography {
  const subtle = new Proxy(environment.subtle, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== 'function') return call;
      return (...given: unknown[]) => {
        const isUse = ['sign', 'verify', 'encrypt', 'decrypt'].includes(String(name));
        const key = given.find((value) => value instanceof CryptoKey);
        if (isUse && key?.algorithm.name.startsWith('RSA') === true) rsa.push(String(name));
        return Reflect.apply(call, target, given);
      };
    },
  });
  return { ...environment, subtle };
}
