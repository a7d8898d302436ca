import type { Bytes } from '../protocol/bytes.ts';
import type { deliveryLimits } from './limits.ts';
import type { DeliveryNotices } from './notices.ts';
import type { AgentRegistry, RegisteredAgent } from './registry.ts';
import type { DeliveryAgent, DeliveryStore } from './store.ts';
import type { TurnsByAgent } from './turns-by-agent.ts';

/** The numbers that a service works with; tests make some of them small. */
export type DeliveryLimits = { readonly [name in keyof typeof deliveryLimits]: number };

/** Throws unless a KeyPackage is one of this agent (groups page, sections 1 to 3). `bytes` are those of an MLSMessage, `now` Unix seconds. */
export type KeyPackageCheck = (
  bytes: Bytes,
  agent: RegisteredAgent & { readonly agentId: string },
  now: number,
) => Promise<void>;

/** What every call of the service works with. */
export interface DeliveryContext {
  readonly store: DeliveryStore;
  readonly registry: AgentRegistry;
  readonly notices: DeliveryNotices;
  readonly random: (length: number) => Bytes;
  /** Unix seconds. */
  readonly now: () => number;
  /** Every base URL by which the service is known. */
  readonly names: () => readonly string[];
  readonly checkKeyPackage: KeyPackageCheck;
  /** True for a stored KeyPackage that whoever takes it at `now` (Unix seconds) can use. */
  readonly isUsable: (bytes: Bytes, now: number) => boolean;
  /** Drops of a group what has been kept long enough, unless that was done a moment ago. */
  readonly tended: (groupId: string) => Promise<void>;
  /** One Welcome of a writer after the other, so that each is counted before the next is looked at. */
  readonly welcomes: TurnsByAgent;
  readonly limits: DeliveryLimits;
}

/** Who calls, by a token that is alive. */
export interface Caller {
  readonly agentId: string;
  readonly registered: RegisteredAgent;
  readonly record: DeliveryAgent;
  /** Unix seconds when the token ends. */
  readonly until: number;
}
