import type { AgentStore, GenerateRsa } from '../agent/contracts/ports.ts';
import type { AgentId } from '../protocol/bytes.ts';

/** Where a platform's agents store their keys. */
export interface StoreOptions {
  /** On Node: the folder of this agent's keys; `~/.parley/<id>` when undefined. */
  readonly folder?: string;
  /** On Node: encrypts the keys on the disk. */
  readonly passphrase?: string;
}

/** An agent's store, held by this process or tab alone until it is closed. */
export interface HeldStore {
  readonly store: AgentStore;
  close(): void;
}

/**
 * Calls `left` when the page is left, and `shown` when a page that the browser kept is shown again. Returns what ends that. In `left`
 * only what is done at once is sure to be done.
 */
export type WatchPage = (moments: { left(): void; shown(): void }) => () => void;

/** What differs between a browser and Node. */
export interface Platform {
  readonly generateRsa: GenerateRsa;
  /** Rejects with `agent_in_use` while another process or tab has the agent open, and with `storage_failed`. */
  openStore(agentId: AgentId, options: StoreOptions): Promise<HeldStore>;
  /** True where an agent has a folder, and a passphrase for it. */
  readonly hasFolders?: boolean;
  /** Undefined where agents have no page. */
  readonly watchPage?: WatchPage;
}
