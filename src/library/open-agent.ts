import type { Agent } from '../agent/agent.ts';
import type { Scheduler } from '../agent/contracts/ports.ts';
import type { AgentEvent } from '../agent/contracts/views.ts';
import type { MethodRegistry } from '../agent/messages/methods.ts';
import type { HostedAgent } from '../host/hosted-agent.ts';
import { openAgent as openHosted } from '../host/open-agent.ts';
import type { Platform, StoreOptions } from '../host/platform.ts';
import { scheduler } from '../platform/platform.ts';
import { ParleyError } from '../protocol/errors.ts';

/** Milliseconds to wait for the relay before going on without it. */
const connectionMs = 5_000;

/** What an agent is opened with. */
export interface OpenOptions extends StoreOptions {
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
  /** Reads the bytes of answers by itself, for a person at a console. */
  readonly readsAnswers?: boolean;
  readonly methods?: MethodRegistry;
  readonly emit?: (event: AgentEvent) => void;
  /** Other timers than those of this thread. */
  readonly timers?: Scheduler | undefined;
  /** Lets the agent go at once, without a word to its peers, and gives its store back. */
  readonly left?: AbortSignal;
}

/** An agent at work. */
export interface OpenedAgent {
  readonly agent: Agent;
  readonly address: string;
  /** Base URLs of the relays of its server. */
  readonly relays: readonly string[];
  /** Connects to the relay now, also after another holder of the keys has taken the connection over. */
  reconnect(): void;
  /** Erases the agent and ends it; see `Agent.forget`. */
  forget(): Promise<void>;
  /** Ends its sessions and its connection; what it keeps stays. */
  close(): Promise<void>;
}

/** Opens an agent and waits until it is ready. Throws the code that stopped it; then it holds nothing. */
export async function openAgent(options: OpenOptions, platform: Platform): Promise<OpenedAgent> {
  const {
    agentId,
    server,
    methods,
    registrationToken,
    isQuiet = false,
    readsAnswers = false,
    emit = () => undefined,
    left,
    timers,
  } = options;
  const address = options.address ?? `${server}/agents/${agentId}`;
  const hosted = await openHosted({
    agentId,
    address,
    controllerUrl: server,
    deliveryUrl: server,
    platform,
    stored: options,
    // An agent with an address of its own keeps a connection too: it is how the directory knows that it is online.
    transport: { kind: 'server', server, isReachable: options.reachable !== false },
    emit,
    isQuiet,
    readsAnswers,
    timers,
    ...(methods === undefined ? {} : { methods }),
    ...(registrationToken === undefined ? {} : { registrationToken }),
  });
  const leave = () => hosted.leave();
  left?.addEventListener('abort', leave);
  try {
    await bringUp(hosted, left);
  } catch (cause) {
    left?.removeEventListener('abort', leave);
    // Whoever waits is told why the start has failed, which is what they can do something about.
    await hosted.stop().catch(() => undefined);
    throw cause;
  }
  const { agent, relays } = hosted;
  return {
    agent,
    address,
    relays,
    reconnect: () => hosted.reconnect(),
    forget: async () => {
      await hosted.forget();
      await hosted.stop();
    },
    close: async () => {
      const open = agent.snapshot().sessions.filter(({ status }) => status === 'ESTABLISHED');
      await Promise.allSettled(open.map(({ sessionId }) => agent.disconnect(sessionId)));
      await hosted.stop();
    },
  };
}

/** Waits for `work`, whatever comes of it, for `ms` milliseconds at most. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = scheduler.after(ms, resolve);
  work.then(
    () => resolve(),
    () => resolve(),
  );
  await promise;
  timer.cancel();
}

/** Starts an agent and waits for its connection, where it has one. */
async function bringUp(hosted: HostedAgent, left: AbortSignal | undefined): Promise<void> {
  if (left?.aborted === true) hosted.leave();
  else await hosted.start();
  left?.throwIfAborted();
  requireReady(hosted.agent);
  await hosted.connectionSettled(connectionMs);
  left?.throwIfAborted();
  if (hosted.line?.status === 'refused') {
    throw new ParleyError('peer_unreachable', `The relay refuses this agent: ${hosted.line.detail}`);
  }
}

function requireReady(agent: Agent): void {
  const { phase } = agent.snapshot();
  if (phase.phase === 'ready') return;
  if (phase.phase === 'failed') throw agent.startFailure ?? new ParleyError(phase.failure.code, phase.failure.detail);
  throw new ParleyError(
    'ca_changed',
    'The Controller shows another CA than the one this agent trusts. Nothing was sent.',
  );
}
