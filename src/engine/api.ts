import type { AgentEvent } from '../agent/contracts/views.ts';
import type { Operations } from './operations.ts';

/** Which agent an engine hosts, and where its Controller is. */
export interface EngineOptions {
  readonly agentId: string;
  readonly address: string;
  /** Base URL of the Controller, without `/controller`. */
  readonly controllerUrl: string;
  /**
   * How the agent is reached: by other tabs of this browser, through the page; or by everyone, through one of these relays
   * (base URLs), which share their agents and are the Controller too.
   */
  readonly network: { readonly kind: 'bridge' } | { readonly kind: 'relay'; readonly relays: readonly string[] };
  /** Goes on with nothing of an earlier run by itself: it is opened to be forgotten. */
  readonly isQuiet: boolean;
}

/** An agent as the page uses it: the operations of the table, and what happens. Every call rejects with a `ParleyError`. */
export interface Engine extends Operations {
  readonly agentId: string;
  /** Tells of every change from now on; returns how to stop. */
  subscribe(listener: (event: AgentEvent) => void): () => void;
  /** Ends the worker and frees the agent's locks. */
  close(): void;
}

/** Starts an agent in a dedicated worker of its own. The first events follow at once. */
export type OpenEngine = (options: EngineOptions) => Engine;
