import type { AgentId } from '../protocol/bytes.ts';

/** What the Controller tells everyone who listens (protocol page, section 6). */
export interface ControllerEvent {
  readonly type: 'agent_online' | 'agent_offline' | 'certificate_revoked';
  readonly agentId: AgentId;
}

/** Carries events from whoever notices something to everyone who listens. */
export interface EventHub {
  publish(event: ControllerEvent): void;
  /** Calls `listener` with every event from now on; the function it returns ends that. */
  subscribe(listener: (event: ControllerEvent) => void): () => void;
}

/** Creates a hub within one process. */
export function createEventHub(): EventHub {
  const listeners = new Set<(event: ControllerEvent) => void>();
  return {
    publish: (event) => {
      for (const listener of listeners) listener(event);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
