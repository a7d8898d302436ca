import { createController, type FetchApp } from '../../controller/controller.ts';
import { createEventHub } from '../../controller/events.ts';
import type { ControllerStore } from '../../controller/store.ts';
import { HostedAgent, type HostOptions } from '../../host/hosted-agent.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../../protocol/crypto/environment.ts';
import { nobleKem } from '../../protocol/crypto/noble-kem.ts';
import { platformKem } from '../../protocol/crypto/platform-kem.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import { createMemoryControllerStore } from '../../storage/memory/controller-store.ts';
import { Agent } from '../agent.ts';
import type { AgentDeps } from '../agent-deps.ts';
import type { AgentStore, GenerateRsa, Network } from '../contracts/ports.ts';
import type { AgentEvent } from '../contracts/views.ts';
import { TestClock } from './clock.ts';

const controllerUrl = 'https://controller.test';
const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const uses = { signing: ['sign', 'verify'], encryption: ['encrypt', 'decrypt'] } as const;

/** One HTTP exchange as somebody on the wire sees it. */
export interface Carried {
  readonly url: string;
  readonly request: string;
  readonly response: string | undefined;
}

/** What an agent computes with. */
export type Cryptography = Omit<Environment, 'now' | 'monotonic'>;

/** What happens to a request on its way; `next` carries it on. */
export type Tamper = (request: Request, next: (request: Request) => Promise<Response>) => Promise<Response>;

const operatorToken = 'operator-token-of-the-test';

/** A Controller, agents, and the network between them, all in memory, with one clock. */
export class TestWorld {
  readonly clock = new TestClock(1_790_000_000_000);
  readonly carried: Carried[] = [];
  readonly agents = new Map<string, Agent>();
  readonly controllerStore = createMemoryControllerStore();
  /** What the Controller tells those who follow it: agents whose network has streams. */
  readonly events = createEventHub();
  controller: FetchApp;
  /** What the wire does; a test may replace it. */
  tamper: Tamper = (request, next) => next(request);
  readonly environment: Environment;

  private constructor(environment: Cryptography) {
    this.environment = {
      ...environment,
      now: this.clock.now,
      monotonic: () => performance.timeOrigin + performance.now(),
    };
    this.controller = this.newController(this.controllerStore);
  }

  /** `watch` may put itself between the agents and their cryptography. */
  static async create(watch: (environment: Cryptography) => Cryptography = (same) => same): Promise<TestWorld> {
    const { subtle } = crypto;
    return new TestWorld(watch({ subtle, kem: (await platformKem(subtle)) ?? nobleKem(random), random }));
  }

  /** Another Controller, with a CA of its own unless `store` has one. */
  newController(store: ControllerStore = createMemoryControllerStore()): FetchApp {
    return createController({
      store,
      clock: this.clock.now,
      random,
      baseUrl: controllerUrl,
      presence: async ({ address }) => this.agents.has(address),
      operatorToken,
      events: this.events,
    });
  }

  /** The network every agent is given. */
  readonly network: Network = {
    send: async (request) => {
      const { url } = request;
      const sent = await request.clone().text();
      let response: Response | undefined;
      try {
        response = await this.tamper(request, (carried) => this.#carry(carried));
        return response;
      } finally {
        this.carried.push({ url, request: sent, response: await response?.clone().text() });
      }
    },
  };

  async #carry(request: Request): Promise<Response> {
    const { origin } = new URL(request.url);
    const app = origin === controllerUrl ? this.controller : this.agents.get(origin);
    if (app === undefined) throw new ParleyError('peer_unreachable', 'Nobody answers at this address.');
    return app.fetch(request);
  }

  /** An agent that has started and listens at its address. */
  async open(agentId: string, address: string, more: Partial<HostOptions> = {}): Promise<OpenedAgent> {
    const events: AgentEvent[] = [];
    const store = more.store ?? createMemoryAgentStore();
    const hosted = new HostedAgent({
      agentId,
      address,
      controllerUrl,
      environment: this.environment,
      generateRsa,
      store,
      transport: { kind: 'network', network: this.network },
      scheduler: this.clock,
      emit: (event) => events.push(event),
      ...more,
    });
    const { agent } = hosted;
    this.agents.set(address, agent);
    await agent.start();
    return { agent, hosted, events, store };
  }

  /** An agent without what hosts it: it knows of its connection and of the directory what a test gives. */
  unhosted(agentId: string, address: string, given: Partial<Pick<AgentDeps, 'events' | 'ownConnection'>>): Agent {
    if (!isAgentId(agentId)) throw new TypeError('This is an agent_id.');
    return new Agent({
      agentId,
      address,
      controllerUrl,
      environment: this.environment,
      generateRsa,
      store: createMemoryAgentStore(),
      network: this.network,
      scheduler: this.clock,
      emit: () => undefined,
      signRelayClaim: () => Promise.reject(new TypeError('There is no relay to ask.')),
      ...given,
    });
  }

  /** Revokes an agent, as the Controller's operator does. */
  async revoke(agentId: string): Promise<void> {
    const answer = await this.controller.fetch(
      new Request('https://controller.test/controller/revoke', {
        method: 'POST',
        headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ agent_id: agentId, reason: 'keyCompromise', timestamp: unixSeconds(this.environment) }),
      }),
    );
    if (answer.status !== 200) throw new TypeError(`The Controller did not revoke ${agentId}: ${await answer.text()}`);
  }

  /** Deletes an agent_id, so that anybody may register it, as the Controller's operator does. */
  async deleteName(agentId: string): Promise<void> {
    const answer = await this.controller.fetch(
      new Request(`https://controller.test/controller/agents/${agentId}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${operatorToken}` },
      }),
    );
    if (answer.status !== 200) throw new TypeError(`The Controller did not delete ${agentId}: ${await answer.text()}`);
  }

  /** Traveller and Helper, ready. */
  async pair(): Promise<{ traveller: Agent; helper: Agent }> {
    const traveller = await this.open('traveller_agent_001', 'https://localhost:5000');
    const helper = await this.open('helper_agent_001', 'https://localhost:5001');
    return { traveller: traveller.agent, helper: helper.agent };
  }
}

/** An agent, what it told, and where it keeps its keys. */
export interface OpenedAgent {
  readonly agent: Agent;
  readonly hosted: HostedAgent;
  readonly events: AgentEvent[];
  readonly store: AgentStore;
}

/** RSA pairs of the smallest size that is accepted, since their making is most of a test's time. */
export const generateRsa: GenerateRsa = (use) =>
  crypto.subtle.generateKey(
    {
      name: use === 'signing' ? 'RSA-PSS' : 'RSA-OAEP',
      modulusLength: 2_048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    },
    false,
    uses[use],
  );
