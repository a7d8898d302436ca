import { type Acquired, acquiring } from '../agent/acquired.ts';
import { Agent } from '../agent/agent.ts';
import type { AgentEvent } from '../agent/contracts/views.ts';
import type { MethodRegistry } from '../agent/messages/methods.ts';
import { httpNetwork } from '../network/http.ts';
import { platformEnvironment, scheduler } from '../platform/platform.ts';
import { ParleyError } from '../protocol/errors.ts';
import { isAgentId } from '../protocol/ids.ts';
import { LineEvents } from '../relay/client/connection-events.ts';
import { findRelays } from '../relay/client/find.ts';
import { relayGroupNetwork } from '../relay/client/group.ts';
import { RelayConnection } from '../relay/client/relay-connection.ts';
import type { KeptOptions, Platform } from './platform.ts';

/** Milliseconds to wait for the relay before going on without it. */
const lineMs = 5_000;

/** What an agent is opened with. */
export interface OpenOptions extends KeptOptions {
  readonly agentId: string;
  /** Base URL of the server: Controller and relay. */
  readonly server: string;
  readonly registrationToken?: string;
  /** Its own address; without one it is reached through the relay. */
  readonly address?: string;
  /** False for an agent that only asks. */
  readonly reachable?: boolean;
  /** Goes on with nothing of an earlier run by itself. */
  readonly isQuiet?: boolean;
  readonly methods?: MethodRegistry;
  readonly emit?: (event: AgentEvent) => void;
  /** Lets the agent go at once, without a word to its peers, and gives its store back. */
  readonly left?: AbortSignal;
}

/** An agent at work. */
export interface OpenedAgent {
  readonly agent: Agent;
  readonly address: string;
  /** Base URLs of the relays of its server. */
  readonly relays: readonly string[];
  /** Ends its sessions and its connection; what it keeps stays. */
  close(): Promise<void>;
}

/** Opens an agent and waits until it is ready. Rejects with the code that stopped it; then it holds nothing. */
export function openAgent(options: OpenOptions, platform: Platform): Promise<OpenedAgent> {
  return acquiring((acquired) => open(options, platform, acquired));
}

async function open(options: OpenOptions, platform: Platform, acquired: Acquired): Promise<OpenedAgent> {
  const { agentId, server, methods, registrationToken, isQuiet = false, emit = () => undefined, left } = options;
  if (!isAgentId(agentId)) {
    throw new ParleyError('invalid_input', 'An agent_id has 3 to 63 characters: a to z, 0 to 9 and _, a letter first.');
  }
  const held = await platform.openStore(agentId, options);
  acquired.add(() => held.close());
  const address = options.address ?? `${server}/agents/${agentId}`;
  const relays = await findRelays(httpNetwork, server);
  const first = { relay: server, settled: async () => undefined };
  let line: RelayConnection | undefined;
  const events = options.reachable === false ? undefined : new LineEvents();
  const agent = new Agent({
    agentId,
    address,
    controllerUrl: server,
    environment: await platformEnvironment(),
    generateRsa: platform.generateRsa,
    store: held.store,
    network: relayGroupNetwork(httpNetwork, relays, () => line ?? first),
    scheduler,
    emit,
    isQuiet,
    ...(events === undefined ? {} : { events }),
    ...(methods === undefined ? {} : { methods }),
    ...(registrationToken === undefined ? {} : { registrationToken }),
  });
  const leave = () => {
    line?.close();
    // It stops at once; what was under way ends by itself, and nobody waits for it.
    void Promise.allSettled([agent.stop()]);
    held.close();
  };
  acquired.add(() => agent.stop());
  left?.addEventListener('abort', leave);
  acquired.add(() => left?.removeEventListener('abort', leave));
  if (left?.aborted === true) leave();
  else await agent.start();
  left?.throwIfAborted();
  const { phase } = agent.snapshot();
  if (phase.phase !== 'ready') {
    if (phase.phase === 'failed') throw new ParleyError(phase.failure.code, phase.failure.detail);
    throw new ParleyError(
      'ca_changed',
      'The Controller shows another CA than the one this agent trusts. Nothing was sent.',
    );
  }
  if (events !== undefined) {
    // An agent with an address of its own keeps a line too: it is how the directory knows that it is online.
    line = new RelayConnection({
      relays,
      agentId,
      address,
      prove: (challenge) => agent.proveToRelay(challenge),
      serve: (request) => agent.fetch(request),
      events,
      changed: (view) => emit({ type: 'line', line: view }),
      scheduler,
      now: () => Date.now(),
      chance: () => Math.random(),
    });
    const opened = line;
    acquired.add(() => opened.close());
    line.open();
    await line.settled(lineMs);
    left?.throwIfAborted();
    const { view } = line;
    if (view.status === 'refused') {
      throw new ParleyError('peer_unreachable', `The relay refuses this agent: ${view.detail}`);
    }
  }
  return {
    agent,
    address,
    relays,
    close: async () => {
      const open = agent.snapshot().sessions.filter(({ status }) => status === 'ESTABLISHED');
      await Promise.allSettled(open.map(({ sessionId }) => agent.disconnect(sessionId)));
      line?.close();
      await agent.stop();
      held.close();
    },
  };
}
