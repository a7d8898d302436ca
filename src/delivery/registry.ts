import type { Bytes } from '../protocol/bytes.ts';

/** An agent as the Controller knows it. */
export interface RegisteredAgent {
  /** SPKI DER of the key that the agent_id belongs to. */
  readonly signingSpki: Bytes;
  /** True when the agent is revoked. */
  readonly isRevoked: boolean;
}

/** What the delivery service asks the Controller beside it. Each call rejects with `storage_failed`. */
export interface AgentRegistry {
  /** The agent of this agent_id; undefined when nobody has registered it, or the operator deleted it. */
  agent(agentId: string): Promise<RegisteredAgent | undefined>;
  /** True for an agent that the newest revocation list names, not as superseded, or that there is no more. */
  isListed(agentId: string): Promise<boolean>;
  /** DER of the certificate of this SHA-256; undefined when none was ever issued. */
  certificate(hash: Bytes): Promise<Bytes | undefined>;
  /** DER of every CA of this Controller. */
  authorities(): Promise<readonly Bytes[]>;
}
