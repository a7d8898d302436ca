import type { AgentDeps } from '../agent/agent-deps.ts';
import type { Scheduler } from '../agent/contracts/ports.ts';
import { acquiring } from '../agent/start/acquired.ts';
import { platformEnvironment, scheduler } from '../platform/platform.ts';
import { HostedAgent, requireAgentId } from './hosted-agent.ts';
import type { Platform, StoreOptions } from './platform.ts';
import { type OpeningTransport, withRelays } from './transport.ts';

/** Where an agent is opened, what differs from one platform to the next, and what the agent is given besides. */
export interface OpenAgentOptions
  extends Omit<
    AgentDeps,
    | 'agentId'
    | 'environment'
    | 'events'
    | 'generateRsa'
    | 'isPresenceKnown'
    | 'network'
    | 'scheduler'
    | 'signRelayClaim'
    | 'store'
  > {
  readonly agentId: string;
  readonly transport: OpeningTransport;
  readonly platform: Platform;
  /** Other timers than those of this thread. */
  readonly timers?: Scheduler | undefined;
  /** Where its keys are stored. */
  readonly stored?: StoreOptions;
}

/**
 * Opens an agent's store and puts the agent together on this runtime's cryptography, clock and timers; `start` of what it returns
 * brings it up. Rejects with `invalid_input` for an agent_id that cannot be one, with `agent_in_use` while somebody else has the agent
 * open, and with `storage_failed`; then it holds nothing.
 */
export function openAgent({
  platform,
  stored = {},
  timers = scheduler,
  ...options
}: OpenAgentOptions): Promise<HostedAgent> {
  return acquiring(async (acquired) => {
    const held = await platform.openStore(requireAgentId(options.agentId), stored);
    acquired.add(() => held.close());
    return new HostedAgent({
      ...options,
      transport: await withRelays(options.transport),
      environment: await platformEnvironment(),
      scheduler: timers,
      generateRsa: platform.generateRsa,
      store: held.store,
      releaseStore: () => held.close(),
    });
  });
}
