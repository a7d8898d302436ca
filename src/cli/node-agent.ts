import { Agent } from '../agent/agent.ts';
import type { MethodRegistry } from '../agent/methods.ts';
import { generateExtractableRsa, platformEnvironment, scheduler } from '../agent/platform.ts';
import type { AgentEvent, LineView } from '../agent/views.ts';
import { httpNetwork } from '../network/http.ts';
import { relayGroupNetwork } from '../network/relay/group.ts';
import { RelayLine } from '../network/relay/line.ts';
import { ParleyError } from '../protocol/errors.ts';
import { isAgentId } from '../protocol/ids.ts';
import { openFileAgentStore } from '../storage/file/agent-store.ts';

/** Milliseconds to wait for the relay before going on without it. */
const lineMs = 5_000;

/** What an agent on Node is given. */
export interface NodeAgentOptions {
  readonly agentId: string;
  /** Base URL of the Controller and relay. */
  readonly controller: string;
  /** Folder of its keys and of what it remembers. */
  readonly folder: string;
  readonly passphrase?: string;
  readonly registrationToken?: string;
  /** Its own address; without one it is reached through the relay. */
  readonly address?: string;
  /** False for an agent that only asks. */
  readonly reachable?: boolean;
  readonly methods?: MethodRegistry;
  readonly emit?: (event: AgentEvent) => void;
}

/** An agent at work in this process. */
export interface NodeAgent {
  readonly agent: Agent;
  readonly address: string;
  /** Ends its connection and drops its sessions; what it keeps is in its folder. */
  close(): Promise<void>;
}

/** Opens an agent and waits until it is ready. Rejects with the code that stopped it. */
export async function openNodeAgent(options: NodeAgentOptions): Promise<NodeAgent> {
  const { agentId, controller, folder, passphrase, methods, registrationToken, emit = () => undefined } = options;
  if (!isAgentId(agentId)) {
    throw new ParleyError('invalid_input', 'An agent_id has 3 to 63 characters: a to z, 0 to 9 and _, a letter first.');
  }
  const store = await openFileAgentStore(folder, passphrase === undefined ? {} : { passphrase });
  const address = options.address ?? `${controller}/agents/${agentId}`;
  const first = { relay: controller, settled: async () => undefined };
  let line: RelayLine | undefined;
  const agent = new Agent({
    agentId,
    address,
    controllerUrl: controller,
    environment: await platformEnvironment(),
    generateRsa: generateExtractableRsa,
    store,
    network: relayGroupNetwork(httpNetwork, [controller], () => line ?? first),
    scheduler,
    emit,
    ...(methods === undefined ? {} : { methods }),
    ...(registrationToken === undefined ? {} : { registrationToken }),
  });
  await agent.start();
  const { phase } = agent.snapshot();
  if (phase.phase !== 'ready') {
    store.close();
    if (phase.phase === 'failed') throw new ParleyError(phase.failure.code, phase.failure.detail);
    throw new ParleyError(
      'ca_changed',
      'The Controller shows another CA than the one this agent trusts. Nothing was sent.',
    );
  }
  if (options.reachable !== false) {
    // An agent with an address of its own keeps a line too: it is how the directory knows that it is online.
    line = new RelayLine({
      relays: [controller],
      agentId,
      address,
      prove: (challenge) => agent.proveToRelay(challenge),
      serve: (request) => agent.fetch(request),
      changed: (view: LineView) => emit({ type: 'line', line: view }),
      scheduler,
      now: () => Date.now(),
      chance: () => Math.random(),
    });
    line.open();
    await line.settled(lineMs);
  }
  return {
    agent,
    address,
    close: async () => {
      await Promise.allSettled(
        agent
          .snapshot()
          .sessions.filter(({ status }) => status === 'ESTABLISHED')
          .map(({ sessionId }) => agent.disconnect(sessionId)),
      );
      line?.close();
      agent.stop();
      store.close();
    },
  };
}
