import type { Bytes } from '../../protocol/bytes.ts';
import type { Hold } from './budget.ts';

/** A request on its way to an agent, whole. */
export interface RelayedRequest {
  readonly method: string;
  /** Path and query, as the agent's address has them. */
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Bytes | null;
  /** Whom it comes from; undefined when another server of the group has passed it on. */
  readonly address?: string | undefined;
  /** Holds its bytes and those of its answer; without it whoever carries the request holds them while it is under way. */
  readonly hold?: Hold | undefined;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** True for a request that is part of a handshake. */
export function isHandshake({ path }: Pick<RelayedRequest, 'path'>): boolean {
  return /^[^?]*\/agent\/handshake(\?|$)/.test(path);
}

/** An agent's answer, whole. */
export interface RelayedAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Bytes;
}

/** Ways to reach agents: those connected to this server, or to any server of the group. */
export interface AgentRouter {
  /**
   * Carries a request to an agent once. Undefined when it is not connected. Rejects with `rate_limited` when it has too much
   * to do, and with `peer_unreachable` when its answer did not come.
   */
  ask(agentId: string, request: RelayedRequest): Promise<RelayedAnswer | undefined>;
  /** False when the agent is known to be connected nowhere: nothing of a request for it has to be read. */
  mightReach(agentId: string): boolean;
  isOnline(agentId: string): Promise<boolean>;
  /** Resolves once an agent that was connected a moment ago has come back, or when it has had its time. */
  comesBack(agentId: string): Promise<void>;
}
