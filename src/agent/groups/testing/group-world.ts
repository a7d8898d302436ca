import { registryOf } from '../../../controller/agent-registry.ts';
import { isUsableKeyPackage, keyPackageCheck } from '../../../delivery/check-key-package.ts';
import type { DeliveryLimits } from '../../../delivery/context.ts';
import { createDelivery, type DeliveryApp } from '../../../delivery/delivery.ts';
import { NoticeStreams } from '../../../delivery/notice-streams.ts';
import type { DeliveryStore } from '../../../delivery/store.ts';
import type { HostedAgent, HostOptions } from '../../../host/hosted-agent.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { createMemoryAgentStore } from '../../../storage/memory/agent-store.ts';
import { createMemoryDeliveryStore } from '../../../storage/memory/delivery-store.ts';
import type { Agent } from '../../agent.ts';
import type { NoticeFeed, NoticeListener } from '../../contracts/notices.ts';
import type { AgentStore } from '../../contracts/ports.ts';
import type { AgentEvent } from '../../contracts/views.ts';
import { during, passing } from '../../testing/passing.ts';
import { generateRsa, TestWorld } from '../../testing/world.ts';

const server = 'https://controller.test';
const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const pairs = new Map<string, Promise<CryptoKeyPair>>();

/** One RSA pair for each use that all agents of a file share but for their first: making them is most of a test's time. */
const pairOf =
  (who: string): HostOptions['generateRsa'] =>
  (use, bits) => {
    const name = `${who} ${use}`;
    const pair = pairs.get(name) ?? generateRsa(use, bits);
    pairs.set(name, pair);
    return pair;
  };

/** An agent of a group's test: where it keeps things, and what it has told. */
export interface Resident {
  readonly agentId: string;
  agent: Agent;
  readonly hosted: HostedAgent;
  readonly store: AgentStore;
  readonly events: AgentEvent[];
}

/** What an agent of a test is opened with besides. */
interface Opening
  extends Partial<Pick<HostOptions, 'store' | 'transport' | 'methods' | 'emit' | 'scheduler' | 'environment'>> {
  /** False for one that has no line that carries notices. */
  readonly hasLine?: boolean;
}

/** A Controller, a delivery service and agents with groups, all in memory, with one clock. */
export class GroupWorld {
  readonly world: TestWorld;
  deliveryStore: DeliveryStore;
  /** The streams of notices that agents have open. */
  readonly streams = new NoticeStreams();
  delivery: DeliveryApp;
  readonly #listeners = new Map<string, Set<NoticeListener>>();
  readonly #residents = new Map<string, Resident>();

  private constructor(world: TestWorld, limits: Partial<DeliveryLimits>, store: DeliveryStore) {
    this.world = world;
    this.deliveryStore = store;
    this.delivery = this.#newDelivery(limits, store);
    world.tamper = (request, next) =>
      new URL(request.url).pathname.startsWith('/delivery/') ? this.delivery.fetch(request) : next(request);
  }

  static async create(
    limits: Partial<DeliveryLimits> = {},
    store: DeliveryStore = createMemoryDeliveryStore(),
  ): Promise<GroupWorld> {
    return new GroupWorld(await TestWorld.create(), limits, store);
  }

  /** Has the delivery service go on with another store, as one does that was restored from a backup. */
  restore(store: DeliveryStore): void {
    this.deliveryStore = store;
    this.delivery = this.serviceOver(store);
  }

  /** Returns the service over another store. */
  serviceOver(store: DeliveryStore): DeliveryApp {
    return this.#newDelivery({}, store);
  }

  #newDelivery(limits: Partial<DeliveryLimits>, store: DeliveryStore): DeliveryApp {
    const { controllerStore, clock } = this.world;
    const registry = registryOf(controllerStore);
    return createDelivery({
      store,
      streams: this.streams,
      registry,
      notices: {
        changed: (agentId, { inbox, group }) => {
          const notice = { inbox: inbox ?? -1, groups: group === undefined ? [] : [group] };
          for (const listener of this.#listeners.get(agentId) ?? []) listener.noticed(notice);
          this.streams.tell(agentId, { type: 'notice', ...notice });
        },
      },
      clock: clock.now,
      random,
      names: () => [server],
      checkKeyPackage: keyPackageCheck(registry),
      isUsable: isUsableKeyPackage,
      limits,
    });
  }

  /** How an agent is opened that follows the stream of notices, since it has no line that carries them. */
  get streaming(): Pick<HostOptions, 'transport'> & { readonly hasLine: false } {
    const stream = async (request: Request): Promise<Response> => {
      const answer = await this.delivery.fetch(request);
      const body = answer.body?.pipeThrough(new TransformStream(), { signal: request.signal });
      return new Response(body, answer);
    };
    return { transport: { kind: 'network', network: { ...this.world.network, stream } }, hasLine: false };
  }

  /** Opens an agent, at an address of its own; one that was open before comes back with what it has kept. `more` may be put between. */
  async open(name: string, more: Opening = {}): Promise<Resident> {
    const agentId = `${name}_agent_001`;
    const known = this.#residents.get(agentId);
    const store = more.store ?? known?.store ?? createMemoryAgentStore();
    const opened = await this.world.open(agentId, this.#addressOf(name), {
      store,
      generateRsa: pairOf(name),
      ...(more.transport === undefined ? {} : { transport: more.transport }),
      ...(more.methods === undefined ? {} : { methods: more.methods }),
      ...(more.emit === undefined ? {} : { emit: more.emit }),
      ...(more.scheduler === undefined ? {} : { scheduler: more.scheduler }),
      ...(more.environment === undefined ? {} : { environment: more.environment }),
      deliveryUrl: server,
      ...(more.hasLine === false ? {} : { notices: this.#lineOf(agentId) }),
    });
    const { agent, hosted, events } = opened;
    const resident = { agentId, agent, hosted, store, events };
    this.#residents.set(agentId, resident);
    return resident;
  }

  #lineOf(agentId: string): NoticeFeed {
    return {
      follow: (listener) => {
        const listeners = this.#listeners.get(agentId) ?? new Set();
        this.#listeners.set(agentId, listeners.add(listener));
        return () => void listeners.delete(listener);
      },
    };
  }

  /** Closes an agent: nobody answers at its address. */
  async close({ agentId, agent }: Resident): Promise<void> {
    this.world.agents.delete(this.#addressOf(agentId.split('_')[0] ?? agentId));
    await agent.stop();
  }

  #addressOf(name: string): string {
    return `https://${name}.agents.test`;
  }

  /** Lets time pass until `look` finds something. */
  passing<T>(look: () => T | undefined): Promise<T> {
    return passing(this.world.clock, look);
  }

  /** Lets time pass until `work` is over; gives what it gives. */
  during<T>(work: Promise<T>): Promise<T> {
    return during(this.world.clock, work);
  }

  /** Lets time pass until an agent can be added: the service has KeyPackages of it. */
  async ready(...residents: readonly Resident[]): Promise<void> {
    for (const { agentId } of residents) {
      let isThere = false;
      void this.deliveryStore.lastResort(agentId).then((found) => {
        isThere = found !== undefined;
      });
      await this.passing(() => {
        void this.deliveryStore.lastResort(agentId).then((found) => {
          isThere = found !== undefined;
        });
        return isThere ? true : undefined;
      });
    }
  }
}
