import type { Retention } from '../agent/contracts/history-store.ts';
import type {
  ArchiveView,
  AuditPageView,
  AuditVerdictView,
  HistoryPageView,
  HistoryUsageView,
  SearchInput,
  SearchView,
} from '../agent/contracts/history-views.ts';
import type {
  AgentSnapshot,
  Answering,
  Json,
  PeerPage,
  PeerView,
  PersonAnswer,
  SafetyNumberView,
  SessionView,
} from '../agent/contracts/views.ts';
import { type MethodHandler, MethodRegistry } from '../agent/messages/methods.ts';
import { peerError } from '../agent/messages/refusal.ts';
import type { Platform } from '../host/platform.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { type AgentOptions, requireBaseUrl, telling } from './agent-options.ts';
import { HeldAgent } from './held-agent.ts';
import { type OpenedAgent, openAgent } from './open-agent.ts';

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
    const opening = { ...rest, ...emit, agentId: id, server: requireBaseUrl(server), methods };
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
    return this.#ask((agent) => agent.connect(peerId));
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
    return this.#ask((agent) => agent.peers(page));
  }

  /** Returns one agent of the directory by its exact agent_id. Rejects with `unknown_agent` when there is none. */
  peer(peerId: string): Promise<PeerView> {
    return this.#ask((agent) => agent.peer(peerId));
  }

  /** Returns this agent's sessions, oldest first. */
  sessions(): readonly SessionView[] {
    return this.#held.opened?.agent.snapshot().sessions ?? [];
  }

  /** Returns everything at once: phase, sessions with their traces, conversations and HTTP in memory. No key is in it. */
  snapshot(): Promise<AgentSnapshot> {
    return this.#ask((agent) => agent.snapshot());
  }

  /** Ends the session of this id or, when there is none, every session with the peer of this agent_id, for both sides. */
  async disconnect(sessionOrPeerId: string): Promise<void> {
    const open = this.sessions().filter(({ status }) => status === 'ESTABLISHED');
    const one = open.filter(({ sessionId }) => sessionId === sessionOrPeerId);
    const meant = one.length > 0 ? one : open.filter(({ peerId }) => peerId === sessionOrPeerId);
    await this.#ask((agent) => Promise.all(meant.map(({ sessionId }) => agent.disconnect(sessionId))));
  }

  /**
   * Updates a session's keys now, which also happens by itself. Returns the newest epoch: the old one while the peer's update is on its
   * way. Rejects with `unknown_session`.
   */
  updateKeys(sessionId: string): Promise<number> {
    return this.#ask((agent) => agent.updateKeys(sessionId));
  }

  /** Chooses who answers requests from now on: the handlers, or a person by `answer`. */
  setAnswering(answering: Answering): Promise<void> {
    return this.#ask((agent) => agent.setAnswering(answering));
  }

  /** Answers a request that is held for a person. Rejects with `invalid_input` when it waits no more. */
  answer(peerId: string, requestId: string, answer: PersonAnswer): Promise<void> {
    return this.#ask((agent) => agent.answer(peerId, requestId, answer));
  }

  /** Returns the 60 digits that two people compare, and the key they belong to. */
  safetyNumber(peerId: string): Promise<SafetyNumberView> {
    return this.#ask((agent) => agent.safetyNumber(peerId));
  }

  /** Marks a peer's key as compared; when another key shows up afterwards, nothing is sent: `peer_key_changed`. */
  markVerified(peerId: string, keyFingerprint: string): Promise<void> {
    return this.#ask((agent) => agent.markVerified(peerId, keyFingerprint));
  }

  /** Forgets the verified key of a peer and goes on, unverified, with the one seen since. Rejects with `invalid_input` when there is none. */
  acceptChangedKey(peerId: string): Promise<void> {
    return this.#ask((agent) => agent.acceptChangedKey(peerId));
  }

  /** Takes the mark off a peer whose key has not changed. Rejects with `invalid_input` when it has. */
  clearVerification(peerId: string): Promise<void> {
    return this.#ask((agent) => agent.clearVerification(peerId));
  }

  /**
   * Returns a page of the stored conversation with a peer, the oldest exchange first: the newest 50, or those before
   * `olderThan` of another page.
   */
  history(peerId: string, before?: number, count?: number): Promise<HistoryPageView> {
    return this.#ask((agent) => agent.historyService.history.page(peerId, before, count));
  }

  /** Returns every peer with a stored conversation: its size, and its retention. */
  keptHistories(): Promise<readonly HistoryUsageView[]> {
    return this.#ask((agent) => agent.historyService.retention.usages());
  }

  /**
   * Sets how long the conversation with a peer is stored from now on; what is past the limit is deleted at once.
   * Rejects with `invalid_input` for an invalid limit.
   */
  setRetention(peerId: string, retention: Retention): Promise<HistoryUsageView> {
    return this.#ask((agent) => agent.historyService.retention.set(peerId, retention));
  }

  /** Returns how many exchanges with a peer `setRetention` would delete at once. */
  wouldDelete(peerId: string, retention: Retention): Promise<number> {
    return this.#ask((agent) => agent.historyService.retention.wouldDelete(peerId, retention));
  }

  /** Finds stored exchanges by words, the newest first; see `SearchInput`. */
  search(input: SearchInput): Promise<SearchView> {
    return this.#ask((agent) => agent.historyService.search(input));
  }

  /** Deletes exchanges with a peer for good, all or those of `sequences`; gives how many were there. */
  deleteHistory(peerId: string, sequences?: readonly number[]): Promise<number> {
    return this.#ask((agent) => agent.historyService.deleteHistory(peerId, sequences));
  }

  /**
   * Exports the stored conversations, with a peer or with all, as one file in the age format under a passphrase of at
   * least 12 characters. No key is in it. Its thread is busy for a second or two.
   */
  exportHistory(passphrase: string, peerId?: string): Promise<Bytes> {
    return this.#ask((agent) => agent.historyService.exportHistory(passphrase, peerId));
  }

  /** Brings an exported history in, to be read only; `invalid_input` when the passphrase or the file is wrong. */
  importHistory(file: Bytes, passphrase: string): Promise<ArchiveView> {
    return this.#ask((agent) => agent.historyService.archives.import(file, passphrase));
  }

  /** Returns the histories that were imported, the oldest import first. */
  archives(): Promise<readonly ArchiveView[]> {
    return this.#ask((agent) => agent.historyService.archives.list());
  }

  /**
   * Returns a page of an imported conversation, the oldest exchange first: the newest 50, or those before `olderThan`
   * of another page.
   */
  archivePage(archiveId: string, peerId: string, before?: number, count?: number): Promise<HistoryPageView> {
    return this.#ask((agent) => agent.historyService.archives.page(archiveId, peerId, before, count));
  }

  /** Deletes an imported history for good. */
  async deleteArchive(archiveId: string): Promise<void> {
    await this.#ask((agent) => agent.historyService.archives.delete(archiveId));
  }

  /** Returns the newest entries of the audit trail (50), or those before an index, the newest first, and the trail's head. */
  audit(before?: number, count?: number): Promise<AuditPageView> {
    return this.#ask((agent) => agent.audit.page(before, count));
  }

  /** Checks every hash and signature of the agent's audit trail. */
  verifyAudit(): Promise<AuditVerdictView> {
    return this.#ask((agent) => agent.audit.verify());
  }

  /**
   * Exports the audit trail as a JSON text that anybody can check; it holds the plaintexts of the message entries in
   * `disclose`, and no others.
   */
  exportAudit(disclose: readonly number[] = []): Promise<string> {
    return this.#ask((agent) => agent.audit.export(disclose));
  }

  /** Answers a request that reached `address`: mount it in any fetch-style server. */
  fetch(request: Request): Promise<Response> {
    return this.#ask((agent) => agent.fetch(request));
  }

  /** Empties conversations, HTTP and ended sessions from memory; what is stored stays. */
  clear(): Promise<void> {
    return this.#ask((agent) => agent.clear());
  }

  /** Connects to the relay now, also after another holder of the keys has taken the connection over. */
  reconnect(): Promise<void> {
    return this.#held.ask(async (opened) => opened.reconnect());
  }

  /**
   * Ends its sessions, revokes its certificates and erases its keys and all else that is stored. Its agent_id stays taken, and this
   * object is of no use any more.
   */
  async forget(): Promise<void> {
    await this.#held.ask((opened) => opened.forget());
    await this.#held.close();
  }

  /** Ends its sessions, erases their keys and leaves. Its own keys stay for the next time. */
  close(): Promise<void> {
    return this.#held.close();
  }

  #ask<T>(work: (agent: OpenedAgent['agent']) => T | Promise<T>): Promise<T> {
    return this.#held.ask(async ({ agent }) => work(agent));
  }
}
