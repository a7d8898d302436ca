import type { Retention } from '../agent/contracts/history-store.ts';
import type {
  ArchiveView,
  AuditVerdictView,
  HistoryPageView,
  KeptHistoryView,
} from '../agent/contracts/history-views.ts';
import type { AgentEvent, Json, PeerView, SafetyNumberView, SessionView } from '../agent/contracts/views.ts';
import type { PeerPage } from '../agent/directory.ts';
import { type MethodHandler, MethodRegistry } from '../agent/messages/methods.ts';
import { peerError } from '../agent/messages/refusal.ts';
import type { Platform, StoreOptions } from '../host/platform.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { HeldAgent } from './held-agent.ts';
import { openAgent } from './open-agent.ts';

/** How an agent is opened. */
export interface AgentOptions extends StoreOptions {
  /** `[a-z][a-z0-9_]{2,62}`; belongs to the keys that register it first. */
  readonly id: string;
  /** Base URL of a Parley server, such as `https://parley.example`. */
  readonly server: string;
  /** What the agent answers, by method. */
  readonly methods?: Readonly<Record<string, MethodHandler>>;
  /** For a server that registers new agents for a token only. */
  readonly registrationToken?: string;
  /** Base URL of its own, when something else passes what comes there to `fetch`. */
  readonly address?: string;
  /** False for an agent that only asks, and cannot be asked. */
  readonly reachable?: boolean;
  /** Hears everything that happens: sessions, checks, the line to the relay, and requests with what they said. No event holds a key. */
  readonly onEvent?: (event: AgentEvent) => void;
}

/**
 * An agent: keys of its own, and a private line to every other agent of its server. Rejections are `ParleyError`s with the
 * stable codes of the protocol.
 */
export class ParleyAgent {
  readonly id: string;
  /** Base URL at which it is reached. */
  readonly address: string;
  readonly #held: HeldAgent;
  readonly #methods: MethodRegistry;

  private constructor(id: string, address: string, held: HeldAgent, methods: MethodRegistry) {
    this.id = id;
    this.address = address;
    this.#held = held;
    this.#methods = methods;
  }

  /** Opens an agent on a platform: makes its keys and registers it the first time, then waits until it is reachable. */
  static async open(options: AgentOptions, platform: Platform): Promise<ParleyAgent> {
    const { id, onEvent, methods: handlers = {}, server, ...rest } = options;
    const methods = new MethodRegistry();
    for (const [method, handler] of Object.entries(handlers)) methods.register(method, handler);
    const emit = onEvent === undefined ? {} : { emit: telling(onEvent) };
    const opening = { ...rest, ...emit, agentId: id, server: baseUrl(server), methods };
    const held = await HeldAgent.open((left) => openAgent({ ...opening, left }, platform), platform.watchPage);
    const address = await held.ask(async (opened) => opened.address);
    return new ParleyAgent(id, address, held, methods);
  }

  /**
   * Answers `method` by `handler` from now on. What it throws is told to the sender as `handler_failed`, without its
   * text.
   */
  handle(method: string, handler: MethodHandler): void {
    this.#methods.register(method, handler);
  }

  /** Shakes hands with a peer now; `send` does so by itself. */
  connect(peerId: string): Promise<SessionView> {
    return this.#held.ask(async ({ agent }) => agent.connect(peerId));
  }

  /**
   * Asks a peer and gives its answer. Rejects with the peer's refusal, with what its handler failed with, or with
   * `peer_unreachable` when no answer came. The peer runs a request once: one that is sent again with the same `requestId`
   * gets the answer of the first time.
   */
  async send(
    peerId: string,
    method: string,
    parameters: Json = null,
    { requestId }: { readonly requestId?: string } = {},
  ): Promise<Json> {
    const repeated = requestId === undefined ? {} : { requestId };
    const { status, result, error } = await this.#held.ask(({ agent }) =>
      agent.send({ peerId, method, parameters, ...repeated }),
    );
    if (status === 'success') return result ?? null;
    throw peerError(error ?? { code: 'handler_failed', detail: 'The peer answered with an error.' });
  }

  /**
   * Returns a page of the other agents of the server's directory, in order of agent_id: `limit` of them (100; 500 at
   * most) after the agent_id `after`. Fewer than `limit` are the last ones.
   */
  peers(page?: PeerPage): Promise<readonly PeerView[]> {
    return this.#held.ask(async ({ agent }) => agent.peers(page));
  }

  /** Returns one agent of the directory by its exact agent_id. Rejects with `unknown_agent` when there is none. */
  peer(peerId: string): Promise<PeerView> {
    return this.#held.ask(async ({ agent }) => agent.peer(peerId));
  }

  /** Returns this agent's sessions, oldest first. */
  sessions(): readonly SessionView[] {
    return this.#held.opened?.agent.snapshot().sessions ?? [];
  }

  /** Ends every session with a peer, for both sides. */
  async disconnect(peerId: string): Promise<void> {
    const open = this.sessions().filter((session) => session.peerId === peerId && session.status === 'ESTABLISHED');
    await this.#held.ask(({ agent }) => Promise.all(open.map(({ sessionId }) => agent.disconnect(sessionId))));
  }

  /** Returns the 60 digits that two people compare, and the key they belong to. */
  safetyNumber(peerId: string): Promise<SafetyNumberView> {
    return this.#held.ask(async ({ agent }) => agent.safetyNumber(peerId));
  }

  /** Marks a peer's key as compared; when another key shows up afterwards, nothing is sent: `peer_key_changed`. */
  markVerified(peerId: string, keyFingerprint: string): Promise<void> {
    return this.#held.ask(async ({ agent }) => agent.markVerified(peerId, keyFingerprint));
  }

  /**
   * Returns a page of the stored conversation with a peer, the oldest exchange first: the newest 50, or those before
   * `olderThan` of another page.
   */
  async history(peerId: string, before?: number): Promise<HistoryPageView> {
    return this.#held.ask(async ({ agent }) => agent.historyService.history.page(peerId, before));
  }

  /** Returns every peer with a stored conversation: its size, and its retention. */
  async keptHistories(): Promise<readonly KeptHistoryView[]> {
    return this.#held.ask(async ({ agent }) => agent.historyService.retention.kept());
  }

  /**
   * Sets how long the conversation with a peer is stored from now on; what is past the limit is deleted at once.
   * Rejects with `invalid_input` for an invalid limit.
   */
  async setRetention(peerId: string, retention: Retention): Promise<KeptHistoryView> {
    return this.#held.ask(async ({ agent }) => agent.historyService.retention.set(peerId, retention));
  }

  /** Deletes exchanges with a peer for good, all or those of `sequences`; gives how many were there. */
  async deleteHistory(peerId: string, sequences?: readonly number[]): Promise<number> {
    return this.#held.ask(async ({ agent }) => agent.historyService.deleteHistory(peerId, sequences));
  }

  /**
   * Exports the stored conversations, with a peer or with all, as one file in the age format under a passphrase of at
   * least 12 characters. No key is in it. Its thread is busy for a second or two.
   */
  async exportHistory(passphrase: string, peerId?: string): Promise<Bytes> {
    return this.#held.ask(async ({ agent }) => agent.historyService.exportHistory(passphrase, peerId));
  }

  /** Brings an exported history in, to be read only; `invalid_input` when the passphrase or the file is wrong. */
  async importHistory(file: Bytes, passphrase: string): Promise<ArchiveView> {
    return this.#held.ask(async ({ agent }) => agent.historyService.archives.import(file, passphrase));
  }

  /** Returns the histories that were imported, the oldest import first. */
  async archives(): Promise<readonly ArchiveView[]> {
    return this.#held.ask(async ({ agent }) => agent.historyService.archives.list());
  }

  /**
   * Returns a page of an imported conversation, the oldest exchange first: the newest 50, or those before `olderThan`
   * of another page.
   */
  async archivePage(archiveId: string, peerId: string, before?: number): Promise<HistoryPageView> {
    return this.#held.ask(async ({ agent }) => agent.historyService.archives.page(archiveId, peerId, before));
  }

  /** Deletes an imported history for good. */
  async deleteArchive(archiveId: string): Promise<void> {
    await this.#held.ask(({ agent }) => agent.historyService.archives.delete(archiveId));
  }

  /** Checks every hash and signature of the agent's audit trail. */
  async verifyAudit(): Promise<AuditVerdictView> {
    return this.#held.ask(async ({ agent }) => agent.audit.verify());
  }

  /**
   * Exports the audit trail as a JSON text that anybody can check; it holds the plaintexts of the message entries in
   * `disclose`, and no others.
   */
  async exportAudit(disclose: readonly number[] = []): Promise<string> {
    return this.#held.ask(async ({ agent }) => agent.audit.export(disclose));
  }

  /** Answers a request that reached `address`: mount it in any fetch-style server. */
  fetch(request: Request): Promise<Response> {
    return this.#held.ask(async ({ agent }) => agent.fetch(request));
  }

  /** Ends its sessions, erases their keys and leaves. Its own keys stay for the next time. */
  close(): Promise<void> {
    return this.#held.close();
  }
}

/** Calls a listener of the application, whose failure must not stop what it is told of: a handshake, or a timer of the agent. */
function telling(onEvent: (event: AgentEvent) => void): (event: AgentEvent) => void {
  return (event) => {
    try {
      onEvent(event);
    } catch (cause) {
      console.error('The onEvent function of this agent has thrown.', cause);
    }
  };
}

function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && (text === url.origin || text === `${url.origin}/`)) {
    return url.origin;
  }
  throw new ParleyError('invalid_input', `“${text}” is no base URL such as https://parley.example.`);
}
