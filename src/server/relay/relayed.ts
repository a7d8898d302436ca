import type { Bytes } from '../../protocol/bytes.ts';

/** A request on its way to an agent, whole. */
export interface RelayedRequest {
  readonly method: string;
  /** Path and query, as the agent's address has them. */
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Bytes | null;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** An agent's answer, whole. */
export interface RelayedAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Bytes;
}

/** Ways to reach agents: those connected to this server, or to any server of the group. */
export interface Reach {
  /**
   * Carries a request to an agent once. Undefined when it is not connected. Rejects with `rate_limited` when it has too much
   * to do, and with `peer_unreachable` when its answer did not come.
   */
  ask(agentId: string, request: RelayedRequest): Promise<RelayedAnswer | undefined>;
  isOnline(agentId: string): Promise<boolean>;
  /** Resolves once an agent that was connected a moment ago has come back, or when it has had its time. */
  comesBack(agentId: string): Promise<void>;
}
