import type { EventHub } from '../../controller/events.ts';
import type { ControllerStore, LastSeenStore, TokenStore } from '../../controller/store.ts';
import type { NoticeHub } from '../../delivery/notice-hub.ts';
import type { DeliveryStore } from '../../delivery/store.ts';
import type { AgentId } from '../../protocol/bytes.ts';
import type { AgentConnections } from '../../relay/server/agent-connections.ts';
import type { AgentRouter } from '../../relay/server/agent-router.ts';

/** What a server stands on: its data, the agents that it reaches, and what is told to everyone. */
export interface Backing {
  readonly kind: 'sqlite' | 'nats';
  readonly store: ControllerStore & TokenStore & LastSeenStore;
  readonly delivery: DeliveryStore;
  readonly lines: AgentConnections;
  readonly reach: AgentRouter;
  readonly events: EventHub;
  /** What is new at the delivery service, at any server of the group. */
  readonly notices: NoticeHub;
  /** Notes that an agent has proved itself here. */
  connected(agentId: AgentId): void;
  /** Resolves when requests can be answered. Rejects with `storage_failed` and a sentence that says why not. */
  ready(): Promise<void>;
  /** Returns how many records, claims and events were found at NATS that no server of the group made. */
  forged(): number;
  /** Returns the bytes of the database and its log on disk; undefined where the data are elsewhere. */
  storedBytes(): Promise<number | undefined>;
  /** Takes nothing new; agents are told. */
  leave(): void;
  close(): Promise<void>;
}
