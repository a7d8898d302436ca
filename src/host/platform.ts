import type { AgentStore, GenerateRsa, Scheduler } from '../agent/contracts/ports.ts';
import type { AgentId } from '../protocol/bytes.ts';

/** Where a platform's agents store their keys. */
export interface StoreOptions {
  /** On Node: the folder of this agent's keys; `~/.parley/<id>` when undefined. */
  readonly folder?: string;
  /** On Node: where files go that come; the folder `files` beside the keys when undefined. */
  readonly files?: string;
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
type WatchPage = (moments: { left(): void; shown(): void }) => () => void;

/** What keeps a process alive while an agent is open. Each call returns what undoes it, once. */
export interface Lifetime {
  /** Keeps the process alive. */
  hold(): () => void;
  /** Timers that do not. */
  readonly scheduler: Scheduler;
  /** Lets the connections that an agent keeps, to its relay, to the Controller's events and to the notices of the delivery service, not do so either. */
  releaseConnections(): () => void;
}

/** Bytes to save, as a file. Reading them throws when they do not come whole. */
interface SavedBytes {
  readonly mediaType: string;
  /** A text of somebody else, never a path. */
  readonly name: string | undefined;
  readonly bytes: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/**
 * Saves bytes at a path or, in a browser, under a proposed name where the person wants them. Nothing stands there before all have come.
 * Rejects with what reading throws, and with `storage_failed` and `storage_full`.
 */
export type SaveFile = (saved: SavedBytes, path: string | undefined) => Promise<void>;

/** What differs between a browser and Node. */
export interface Platform {
  readonly generateRsa: GenerateRsa;
  /** Rejects with `agent_in_use` while another process or tab has the agent open, and with `storage_failed`. */
  openStore(agentId: AgentId, options: StoreOptions): Promise<HeldStore>;
  /** Undefined where nobody saves an answer. */
  readonly saveFile?: SaveFile;
  /** True where an agent has a folder, and a passphrase for it. */
  readonly hasFolders?: boolean;
  /** Undefined where there is no process to keep alive. */
  readonly lifetime?: Lifetime;
  /** Undefined where agents have no page. */
  readonly watchPage?: WatchPage;
}
