import { Agent } from '../agent/agent.ts';
import type { AgentDeps } from '../agent/agent-deps.ts';
import type { AgentStore, OwnConnection } from '../agent/contracts/ports.ts';
import type { AgentEvent, LineView } from '../agent/contracts/views.ts';
import { httpNetwork } from '../network/http.ts';
import type { AgentId } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { isAgentId } from '../protocol/ids.ts';
import { signRelayClaim } from '../relay/claim.ts';
import { LineEvents, LineNotices } from '../relay/client/connection-events.ts';
import { relayGroupNetwork } from '../relay/client/group.ts';
import { RelayConnection } from '../relay/client/relay-connection.ts';
import type { Transport } from './transport.ts';

/** What an agent is put together from. */
export interface HostOptions
  extends Omit<AgentDeps, 'agentId' | 'events' | 'isPresenceKnown' | 'network' | 'ownConnection' | 'signRelayClaim'> {
  readonly agentId: string;
  readonly transport: Transport;
  readonly store: AgentStore;
  /** Lets others open the store; called once, when the agent has stopped. */
  readonly releaseStore?: () => void;
}

/**
 * An agent with its store, its clock and its connection to a relay: the one place where they are put together. The connection opens
 * when the agent is ready, and closes when it stops.
 */
export class HostedAgent {
  readonly agent: Agent;
  readonly #options: HostOptions;
  readonly #agentId: AgentId;
  readonly #events = new LineEvents();
  readonly #notices = new LineNotices();
  #connection: RelayConnection | undefined;
  #isReady = false;
  #isReleased = false;

  /** Throws `invalid_input` for an agent_id that cannot be one. */
  constructor(options: HostOptions) {
    const { agentId: given, transport, releaseStore: _, ...agentOptions } = options;
    const agentId = requireAgentId(given);
    const { subtle } = options.environment;
    this.#options = options;
    this.#agentId = agentId;
    this.agent = new Agent({
      ...agentOptions,
      agentId,
      ...this.#route(),
      emit: (event) => this.#heard(event),
      signRelayClaim: (signingKey, challenge) => signRelayClaim(subtle, signingKey, { agentId, ...challenge }),
    });
  }

  /** Base URLs of the relays that may forward to this agent; none where it is reached without one. */
  get relays(): readonly string[] {
    const { transport } = this.#options;
    return transport.kind === 'relays' ? transport.relays : [];
  }

  /** The state of the connection to a relay; undefined before the agent was ready, and where there is none. */
  get line(): LineView | undefined {
    return this.#connection?.view;
  }

  /** Brings the agent up; see `Agent.start`. */
  start(): Promise<void> {
    return this.agent.start();
  }

  /** Resolves once the connection to a relay is settled, or after `ms` milliseconds; see `RelayConnection.settled`. */
  async connectionSettled(ms: number): Promise<void> {
    await this.#connection?.settled(ms);
  }

  /** Connects again, also after another holder of the keys has taken the connection over. */
  reconnect(): void {
    this.#connection?.open();
  }

  /** Tries at once what waits for a next try: the network has come back. */
  networkIsBack(): void {
    this.#connection?.hurry();
    // What fails is tried again by itself.
    if (this.#isReady) void Promise.allSettled([this.agent.groups.catchUp(), this.agent.checkRevocations()]);
  }

  /** Closes the connection, stops the agent and releases the store when what was kept is written. */
  async stop(): Promise<void> {
    this.#disconnect();
    try {
      await this.agent.stop();
    } finally {
      this.#release();
    }
  }

  /** Stops and releases the store at once; what was under way ends by itself, and nobody waits for it. */
  leave(): void {
    this.#disconnect();
    void Promise.allSettled([this.agent.stop()]);
    this.#release();
  }

  /** Erases the agent; see `Agent.forget`. */
  async forget(): Promise<void> {
    await this.agent.forget();
    this.#disconnect();
  }

  /** The network that the agent is given, and the events and notices where its connection carries them. */
  #route(): Pick<AgentDeps, 'network' | 'events' | 'isPresenceKnown' | 'notices' | 'ownConnection'> {
    const { transport } = this.#options;
    if (transport.kind === 'network') {
      const { network, isPresenceKnown = false } = transport;
      return { network, isPresenceKnown };
    }
    const { relays, network = httpNetwork, isReachable = true } = transport;
    const unconnected = { relay: relays[0] ?? '', settled: async () => undefined };
    return {
      network: relayGroupNetwork(network, relays, () => this.#connection ?? unconnected),
      ownConnection: this.#ownConnection(relays),
      ...(isReachable ? { events: this.#events, notices: this.#notices } : {}),
    };
  }

  #ownConnection(relays: readonly string[]): OwnConnection {
    const isInterrupted = () => this.#connection?.isInterrupted === true;
    return {
      get isInterrupted() {
        return isInterrupted();
      },
      settled: async (ms) => this.#connection?.settled(ms),
      forwards: (address) => relays.some((relay) => address.startsWith(`${relay}/`)),
    };
  }

  #heard(event: AgentEvent): void {
    this.#options.emit(event);
    if (event.type !== 'phase') return;
    // An agent is ready again, with other certificates, each time it has renewed them.
    const wasReady = this.#isReady;
    this.#isReady = event.phase.phase === 'ready';
    if (this.#isReady && !wasReady) this.#connect();
  }

  #connect(): void {
    const { address, transport, scheduler, environment, emit } = this.#options;
    if (transport.kind === 'network' || transport.isReachable === false) return;
    this.#connection ??= new RelayConnection({
      relays: transport.relays,
      agentId: this.#agentId,
      address,
      prove: (challenge) => this.agent.proveToRelay(challenge),
      serve: (request) => this.agent.fetch(request),
      events: this.#events,
      notices: this.#notices,
      changed: (line) => emit({ type: 'line', line }),
      scheduler,
      now: environment.now,
      chance: () => (environment.random(1)[0] ?? 0) / 256,
    });
    this.#connection.open();
  }

  #disconnect(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  #release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#options.releaseStore?.();
  }
}

/** Returns `agentId` when it can be one. Throws `invalid_input` otherwise. */
export function requireAgentId(agentId: string): AgentId {
  if (isAgentId(agentId)) return agentId;
  throw new ParleyError('invalid_input', 'An agent_id has 3 to 63 characters: a to z, 0 to 9 and _, a letter first.');
}
