import type { Agent } from '../../agent/agent.ts';
import type { Network } from '../../agent/contracts/ports.ts';
import type { AgentEvent } from '../../agent/contracts/views.ts';
import { MethodRegistry } from '../../agent/messages/methods.ts';
import { generateRsa } from '../../agent/testing/world.ts';
import { HostedAgent } from '../../host/hosted-agent.ts';
import { platformEnvironment, scheduler } from '../../platform/platform.ts';
import { RelayConnection } from '../../relay/client/relay-connection.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';

/** An agent as a tab has it: reached through a relay, its keys in memory. */
export interface TestTab {
  readonly agentId: string;
  readonly address: string;
  readonly agent: Agent;
  /** The agent with its connection. */
  readonly hosted: HostedAgent;
  readonly events: AgentEvent[];
  /** What this agent was asked to run, by its request_id's parameters. */
  readonly ran: unknown[];
  close(): void;
}

/** Opens an agent at the first of `relays` and waits until it is connected. Its requests go over `network`, HTTP unless given. */
export async function openTab(agentId: string, relays: readonly string[], network?: Network): Promise<TestTab> {
  const [base = ''] = relays;
  const address = `${base}/agents/${agentId}`;
  const events: AgentEvent[] = [];
  const ran: unknown[] = [];
  const methods = new MethodRegistry();
  methods.register('note', (parameters) => {
    ran.push(parameters);
    return { noted: ran.length };
  });
  const hosted = new HostedAgent({
    agentId,
    address,
    controllerUrl: base,
    environment: await platformEnvironment(),
    generateRsa,
    store: createMemoryAgentStore(),
    transport: { kind: 'relays', relays, ...(network === undefined ? {} : { network }) },
    scheduler,
    emit: (event) => events.push(event),
    methods,
  });
  await hosted.start();
  await hosted.connectionSettled(20_000);
  return { agentId, address, agent: hosted.agent, hosted, events, ran, close: () => hosted.leave() };
}

/** Connects an agent a second time, at `relay`, with its keys; every request there is answered with `body`. */
export async function openSecondLine(
  { agent, agentId, address }: TestTab,
  relay: string,
  body: string,
): Promise<RelayConnection> {
  const second = new RelayConnection({
    relays: [relay],
    agentId,
    address,
    prove: (challenge) => agent.proveToRelay(challenge),
    serve: async () => new Response(body, { headers: { 'content-type': 'application/json' } }),
    changed: () => undefined,
    scheduler,
    now: () => Date.now(),
    chance: () => 0,
  });
  second.open();
  await second.settled(20_000);
  return second;
}
