import { Agent, type AgentDeps } from '../../agent/agent.ts';
import type { AgentEvent, LineView } from '../../agent/contracts/views.ts';
import { MethodRegistry } from '../../agent/messages/methods.ts';
import { generateRsa } from '../../agent/testing/world.ts';
import { httpNetwork } from '../../network/http.ts';
import { platformEnvironment, scheduler } from '../../platform/platform.ts';
import type { AgentId } from '../../protocol/bytes.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { LineEvents } from '../../relay/client/connection-events.ts';
import { relayGroupNetwork } from '../../relay/client/group.ts';
import { RelayConnection } from '../../relay/client/relay-connection.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';

/** An agent as a tab has it: reached through a relay, its keys in memory. */
export interface TestTab {
  readonly agentId: AgentId;
  readonly address: string;
  readonly agent: Agent;
  readonly line: RelayConnection;
  readonly events: AgentEvent[];
  /** What this agent was asked to run, by its request_id's parameters. */
  readonly ran: unknown[];
  close(): void;
}

/** Opens an agent at the first of `relays` and waits until it is connected. */
export async function openTab(
  agentId: string,
  relays: readonly string[],
  more: Partial<AgentDeps> = {},
): Promise<TestTab> {
  if (!isAgentId(agentId)) throw new TypeError(agentId);
  const [base = ''] = relays;
  const address = `${base}/agents/${agentId}`;
  const events: AgentEvent[] = [];
  const ran: unknown[] = [];
  const methods = new MethodRegistry();
  methods.register('note', (parameters) => {
    ran.push(parameters);
    return { noted: ran.length };
  });
  let line: RelayConnection | undefined;
  const lineEvents = new LineEvents();
  const agent = new Agent({
    agentId,
    address,
    controllerUrl: base,
    environment: await platformEnvironment(),
    generateRsa,
    store: createMemoryAgentStore(),
    network: relayGroupNetwork(httpNetwork, relays, () => line ?? { relay: base, settled: async () => undefined }),
    scheduler,
    emit: (event) => events.push(event),
    methods,
    events: lineEvents,
    ...more,
  });
  await agent.start();
  line = new RelayConnection({
    relays,
    agentId,
    address,
    prove: (challenge) => agent.proveToRelay(challenge),
    serve: (request) => agent.fetch(request),
    events: lineEvents,
    changed: (view: LineView) => events.push({ type: 'line', line: view }),
    scheduler,
    now: () => Date.now(),
    chance: () => Math.random(),
  });
  line.open();
  await line.settled(20_000);
  const opened = line;
  return {
    agentId,
    address,
    agent,
    line,
    events,
    ran,
    close: () => {
      opened.close();
      void agent.stop();
    },
  };
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
