import type { Agent } from '../../agent/agent.ts';
import type { NoticeListener } from '../../agent/contracts/notices.ts';
import type { AgentStore } from '../../agent/contracts/ports.ts';
import type { AgentEvent, AgentSnapshot } from '../../agent/contracts/views.ts';
import { registryOf } from '../../controller/agent-registry.ts';
import { createController, type FetchApp } from '../../controller/controller.ts';
import type { ControllerStore } from '../../controller/store.ts';
import { isUsableKeyPackage, keyPackageCheck } from '../../delivery/check-key-package.ts';
import { createDelivery } from '../../delivery/delivery.ts';
import type { DeliveryNews } from '../../delivery/notices.ts';
import { HostedAgent, type HostOptions } from '../../host/hosted-agent.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { nobleKem } from '../../protocol/crypto/noble-kem.ts';
import { platformKem } from '../../protocol/crypto/platform-kem.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import { createMemoryControllerStore } from '../../storage/memory/controller-store.ts';
import { createMemoryDeliveryStore } from '../../storage/memory/delivery-store.ts';
import { LabClock } from './clock.ts';
import type { KeyPool } from './key-pool.ts';
import type { LabParty } from './scenario.ts';
import { Wire } from './wire.ts';

const controllerUrl = 'https://controller.lab';
/** Where the lab's delivery service answers. */
export const deliveryUrl = 'https://delivery.lab';
/** The lab's Controller guards nothing but the lab. */
const operatorToken = 'operator-of-the-lab';

/** Returns random bytes from the one source of randomness. */
export const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

/** An agent of the lab and all that it told. */
export interface LabAgent {
  readonly party: LabParty;
  readonly agentId: string;
  readonly address: string;
  readonly agent: Agent;
  readonly store: AgentStore;
  readonly events: readonly AgentEvent[];
  snapshot(): AgentSnapshot;
}

/** Which agent to open, and what is unusual about it. */
export interface LabAgentDeps extends Partial<Pick<HostOptions, 'limits' | 'methods' | 'store' | 'generateRsa'>> {
  readonly party: LabParty;
  readonly agentId: string;
  readonly address: string;
  /** It has groups, and keeps KeyPackages at the delivery service. */
  readonly hasGroups?: boolean;
}

/** A delivery service as its agents call it, an honest one or not. `from` is who calls. */
export interface LabDelivery {
  fetch(request: Request, from: LabParty): Promise<Response>;
}

export const travellerAddress = 'https://traveller.lab';
export const helperAddress = 'https://helper.lab';
export const mallory = { party: 'attacker', agentId: 'mallory_agent_001', address: 'https://mallory.lab' } as const;

const strangerAddress = 'https://stranger.lab';

/** A Controller, agents and the attacker's wire between them: real ones, in memory, with a clock that can be moved. */
export class LabWorld {
  readonly clock = new LabClock();
  readonly wire: Wire;
  readonly environment: Environment;
  readonly controllerStore: ControllerStore = createMemoryControllerStore();
  readonly honestController: FetchApp;
  readonly honestDelivery: FetchApp;
  readonly deliveryStore = createMemoryDeliveryStore();
  readonly keys: KeyPool;
  readonly #open = new Set<LabAgent>();
  readonly #listeners = new Map<string, NoticeListener>();

  private constructor(
    environment: Pick<Environment, 'subtle' | 'kem' | 'random'>,
    keys: KeyPool,
    changed?: () => void,
  ) {
    this.environment = { ...environment, now: this.clock.now, monotonic: this.clock.monotonic };
    this.keys = keys;
    this.wire = new Wire(this.clock.now, changed);
    this.honestController = createController({
      store: this.controllerStore,
      clock: this.clock.now,
      random,
      baseUrl: controllerUrl,
      presence: async () => true,
      operatorToken,
    });
    this.controller = this.honestController;
    const registry = registryOf(this.controllerStore);
    const delivery = createDelivery({
      store: this.deliveryStore,
      registry,
      notices: { changed: (agentId, news) => this.#notice(agentId, news) },
      clock: this.clock.now,
      random,
      names: () => [deliveryUrl],
      checkKeyPackage: keyPackageCheck(registry),
      isUsable: isUsableKeyPackage,
    });
    this.honestDelivery = delivery;
    this.delivery = delivery;
  }

  static async create(keys: KeyPool, changed?: () => void): Promise<LabWorld> {
    const { subtle } = crypto;
    return new LabWorld({ subtle, kem: (await platformKem(subtle)) ?? nobleKem(random), random }, keys, changed);
  }

  /** Puts another Controller in the place of the honest one. */
  set controller(controller: FetchApp) {
    this.wire.listen(controllerUrl, { party: 'controller', fetch: (request) => controller.fetch(request) });
  }

  /** Puts another delivery service in the place of the honest one. */
  set delivery(delivery: LabDelivery) {
    this.wire.listen(deliveryUrl, { party: 'controller', fetch: (request, from) => delivery.fetch(request, from) });
  }

  /**
   * Opens an agent that listens at its address, and resolves when it is ready. Rejects when it does not get ready,
   * and with `invalid_input` for an invalid agent_id.
   */
  async open({ party, agentId, address, ...more }: LabAgentDeps): Promise<LabAgent> {
    const events: AgentEvent[] = [];
    const store = more.store ?? createMemoryAgentStore();
    const { agent } = new HostedAgent({
      agentId,
      address,
      controllerUrl,
      environment: this.environment,
      generateRsa: more.generateRsa ?? this.keys.generatorFor(agentId),
      store,
      transport: { kind: 'network', network: this.wire.networkOf(party) },
      scheduler: this.clock,
      emit: (event) => events.push(event),
      ...(more.limits === undefined ? {} : { limits: more.limits }),
      ...(more.methods === undefined ? {} : { methods: more.methods }),
      ...(more.hasGroups === true ? { deliveryUrl, notices: this.#noticesOf(agentId) } : {}),
    });
    this.wire.listen(address, { party, fetch: (request) => agent.fetch(request) });
    await agent.start();
    const { phase } = agent.snapshot();
    if (phase.phase === 'failed') throw new ParleyError(phase.failure.code, phase.failure.detail);
    const opened: LabAgent = { party, agentId, address, agent, store, events, snapshot: () => agent.snapshot() };
    this.#open.add(opened);
    return opened;
  }

  /**
   * Revokes an agent's certificates, as the Controller's operator does. Rejects with `internal_error` when the
   * Controller does not revoke.
   */
  async revoke(agentId: string): Promise<void> {
    const statement = { agent_id: agentId, reason: 'keyCompromise', timestamp: Math.floor(this.clock.now() / 1_000) };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${operatorToken}` };
    const request = { method: 'POST', headers, body: JSON.stringify(statement) };
    const answer = await this.honestController.fetch(new Request(`${controllerUrl}/controller/revoke`, request));
    if (!answer.ok) throw new ParleyError('internal_error', 'The Controller of the lab did not revoke.');
  }

  /** Opens Traveller and resolves when it is ready. */
  openTraveller(more: Partial<LabAgentDeps> = {}): Promise<LabAgent> {
    return this.open({ party: 'traveller', agentId: 'traveller_agent_001', address: travellerAddress, ...more });
  }

  /** Opens Helper and resolves when it is ready. */
  openHelper(more: Partial<LabAgentDeps> = {}): Promise<LabAgent> {
    return this.open({ party: 'helper', agentId: 'helper_agent_001', address: helperAddress, ...more });
  }

  /** Opens a third honest agent with groups, and resolves when it is ready. */
  openStranger(): Promise<LabAgent> {
    return this.open({ party: 'stranger', agentId: 'stranger_agent_001', address: strangerAddress, hasGroups: true });
  }

  /** Tells every agent of the newest entry of a group's log, as the service does of one that a member appends. */
  announce(groupId: string, index: number): void {
    for (const listener of this.#listeners.values()) listener.noticed({ inbox: -1, groups: [[groupId, index]] });
  }

  #noticesOf(agentId: string) {
    return {
      follow: (listener: NoticeListener) => {
        this.#listeners.set(agentId, listener);
        return () => void this.#listeners.delete(agentId);
      },
    };
  }

  #notice(agentId: string, { inbox, group }: DeliveryNews): void {
    this.#listeners.get(agentId)?.noticed({ inbox: inbox ?? -1, groups: group === undefined ? [] : [group] });
  }

  /** Ends every agent and every timer. */
  close(): void {
    for (const { agent } of this.#open) void agent.stop();
    this.clock.stop();
  }
}
