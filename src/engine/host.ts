import * as Comlink from 'comlink';
import type { Agent } from '../agent/agent.ts';
import type { Retention } from '../agent/contracts/history-store.ts';
import type {
  ArchiveView,
  AuditVerdictView,
  HistoryPageView,
  KeptHistoryView,
  SearchInput,
  SearchView,
} from '../agent/contracts/history-views.ts';
import type { Network } from '../agent/contracts/ports.ts';
import type {
  AgentEvent,
  AgentPhase,
  AgentSnapshot,
  Answering,
  ExchangeView,
  PeerView,
  PersonAnswer,
  SafetyNumberView,
  SessionView,
} from '../agent/contracts/views.ts';
import type { PeerPage } from '../agent/directory.ts';
import { notReady } from '../agent/start.ts';
import { failureView } from '../agent/state/activity-log.ts';
import { openBrowserStore } from '../host/browser-platform.ts';
import type { HostedAgent } from '../host/hosted-agent.ts';
import { openAgent } from '../host/open-agent.ts';
import type { Transport } from '../host/transport.ts';
import {
  fromRequestMessage,
  fromResponseMessage,
  type RequestMessage,
  type ResponseMessage,
  toRequestMessage,
  toResponseMessage,
} from '../http/http-messages.ts';
import { holdAgentLock } from '../platform/agent-lock.ts';
import { generateRsa, scheduler } from '../platform/platform.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import type { EngineOptions, SendInput } from './api.ts';
import type { KeptEngine } from './kept-api.ts';
import type { PagePort } from './page-port.ts';
import { StorageWatch } from './storage-watch.ts';

const requestDeadlineMs = 100_000;

/** Hosts one agent in this worker: holds its lock, its keys and its state. */
export class EngineHost {
  readonly #options: EngineOptions;
  readonly #page: PagePort;
  #hosted: HostedAgent | undefined;
  #phase: AgentPhase = { phase: 'starting' };
  #holdsLock = false;
  /** Grows whenever the agent is opened, or lost to another tab. */
  #opening = 0;
  /** Settles when the agent that is being opened can be asked, or there is none. */
  #made: Promise<void> = Promise.resolve();
  #registrationToken: string | undefined;
  readonly #storage: StorageWatch;

  constructor(options: EngineOptions, page: PagePort) {
    this.#options = options;
    this.#page = page;
    // Absent on a page that is not a secure context.
    const estimates = 'storage' in navigator ? navigator.storage : undefined;
    this.#storage = new StorageWatch(estimates, scheduler, (storage) => void page.event({ type: 'storage', storage }));
  }

  /** Takes the agent's lock and brings the agent up; the outcome is the phase. */
  async open(steal: boolean): Promise<void> {
    this.#opening += 1;
    const opening = this.#opening;
    /** Another tab may take the agent over, and this one back, at any moment. */
    const isOver = () => this.#opening !== opening;
    const made = Promise.withResolvers<void>();
    this.#made = made.promise;
    try {
      this.#setPhase({ phase: 'starting' });
      const holdsLock = this.#holdsLock || (await holdAgentLock(this.#options.agentId, steal, () => this.#lose()));
      if (isOver()) return;
      this.#holdsLock = holdsLock;
      if (!holdsLock) {
        this.#setPhase({ phase: 'in_use' });
        return;
      }
      if (this.#options.network.kind === 'bridge') await this.#page.host(steal);
      if (isOver()) return;
      const hosted = await this.#openAgent();
      if (isOver()) return;
      this.#hosted = hosted;
      const started = hosted.start();
      made.resolve();
      await started;
    } catch (cause) {
      if (!isOver()) this.#setPhase({ phase: 'failed', failure: failureView(asParleyError(cause)) });
    } finally {
      made.resolve();
    }
  }

  #openAgent(): Promise<HostedAgent> {
    const { agentId, address, controllerUrl, isQuiet } = this.#options;
    const opening = this.#opening;
    return openAgent({
      agentId,
      address,
      controllerUrl,
      isQuiet,
      transport: this.#transport(),
      platform: {
        generateRsa,
        openStore: (checked) => openBrowserStore(checked, (why) => this.#loseStorage(opening, why)),
      },
      emit: (event) => this.#heard(event),
      ...(this.#registrationToken === undefined ? {} : { registrationToken: this.#registrationToken }),
    });
  }

  #heard(event: AgentEvent): void {
    if (event.type === 'storage') {
      void this.#storage.heard(event.storage);
      return;
    }
    void this.#page.event(event);
    if (event.type !== 'phase') return;
    // An agent is ready again, with other certificates, each time it has renewed them.
    const wasReady = this.#phase.phase === 'ready';
    this.#phase = event.phase;
    if (event.phase.phase === 'ready' && !wasReady) void this.#storage.start();
  }

  #transport(): Transport {
    const { network } = this.#options;
    if (network.kind === 'relay') return { kind: 'relays', relays: network.relays };
    return { kind: 'network', network: pageNetwork(this.#page) };
  }

  #lose(): void {
    this.#holdsLock = false;
    this.#end();
    this.#setPhase({ phase: 'taken_over' });
  }

  /** Ends the agent because its stored data was deleted, since nothing that it sent or received could be stored. */
  #loseStorage(opening: number, why: ParleyError): void {
    if (this.#opening !== opening) return;
    this.#end();
    this.#setPhase({ phase: 'failed', failure: failureView(why) });
  }

  #end(): void {
    this.#opening += 1;
    this.#storage.stop();
    // What it could not store any more has gone either way.
    this.#hosted?.stop().catch(() => undefined);
    this.#hosted = undefined;
    void this.#page.release();
  }

  #setPhase(phase: AgentPhase): void {
    this.#phase = phase;
    void this.#page.event({ type: 'phase', phase });
  }

  #require(): Agent {
    if (this.#hosted === undefined) throw notReady();
    return this.#hosted.agent;
  }

  /** Answers a request that reached this agent's address. */
  async serve(message: RequestMessage): Promise<ResponseMessage> {
    // Its address is hosted before its store is open: whoever asks meanwhile is not turned away.
    await this.#made;
    return toResponseMessage(await this.#require().fetch(fromRequestMessage(message)));
  }

  snapshot(): AgentSnapshot {
    const empty = {
      sessions: [],
      exchanges: [],
      wire: [],
      traces: {},
      verifications: [],
      answering: 'handlers',
      methods: [],
    } as const;
    const hosted = this.#hosted;
    const line = hosted?.line === undefined ? {} : { line: hosted.line };
    return { ...(hosted?.agent.snapshot() ?? empty), phase: this.#phase, ...line, storage: this.#storage.view };
  }

  peers(page?: PeerPage): Promise<readonly PeerView[]> {
    return this.#require().peers(page);
  }

  peer(peerId: string): Promise<PeerView> {
    return this.#require().peer(peerId);
  }

  connect(peerId: string): Promise<SessionView> {
    return this.#require().connect(peerId);
  }

  send(input: SendInput): Promise<ExchangeView> {
    return this.#require().send(input);
  }

  disconnect(sessionId: string): Promise<void> {
    return this.#require().disconnect(sessionId);
  }

  updateKeys(sessionId: string): Promise<number> {
    return this.#require().updateKeys(sessionId);
  }

  safetyNumber(peerId: string): Promise<SafetyNumberView> {
    return this.#require().safetyNumber(peerId);
  }

  markVerified(peerId: string, keyFingerprint: string): Promise<void> {
    return this.#require().markVerified(peerId, keyFingerprint);
  }

  acceptChangedKey(peerId: string): Promise<void> {
    return this.#require().acceptChangedKey(peerId);
  }

  clearVerification(peerId: string): Promise<void> {
    return this.#require().clearVerification(peerId);
  }

  setAnswering(answering: Answering): void {
    this.#require().setAnswering(answering);
  }

  answer(peerId: string, requestId: string, answer: PersonAnswer): void {
    this.#require().answer(peerId, requestId, answer);
  }

  history(peerId: string, before?: number, count?: number): Promise<HistoryPageView> {
    return this.#require().historyService.history.page(peerId, before, count);
  }

  keptHistories(): Promise<readonly KeptHistoryView[]> {
    return this.#require().historyService.retention.kept();
  }

  setRetention(peerId: string, retention: Retention): Promise<KeptHistoryView> {
    return this.#require().historyService.retention.set(peerId, retention);
  }

  wouldDelete(peerId: string, retention: Retention): Promise<number> {
    return this.#require().historyService.retention.wouldDelete(peerId, retention);
  }

  deleteHistory(peerId: string, sequences?: readonly number[]): Promise<number> {
    return this.#require().historyService.deleteHistory(peerId, sequences);
  }

  /** Exports the history; the file is transferred to the page without a copy. */
  async exportHistory(passphrase: string, peerId?: string): Promise<Bytes> {
    const file = await this.#require().historyService.exportHistory(passphrase, peerId);
    return Comlink.transfer(file, [file.buffer]);
  }

  importHistory(file: Bytes, passphrase: string): Promise<ArchiveView> {
    return this.#require().historyService.archives.import(file, passphrase);
  }

  archives(): Promise<readonly ArchiveView[]> {
    return this.#require().historyService.archives.list();
  }

  archivePage(archiveId: string, peerId: string, before?: number, count?: number): Promise<HistoryPageView> {
    return this.#require().historyService.archives.page(archiveId, peerId, before, count);
  }

  deleteArchive(archiveId: string): Promise<void> {
    return this.#require().historyService.archives.delete(archiveId);
  }

  search(input: SearchInput): Promise<SearchView> {
    return this.#require().historyService.search(input);
  }

  audit(before?: number, count?: number): ReturnType<KeptEngine['audit']> {
    return this.#require().audit.page(before, count);
  }

  verifyAudit(): Promise<AuditVerdictView> {
    return this.#require().audit.verify();
  }

  exportAudit(disclose: readonly number[]): Promise<string> {
    return this.#require().audit.export(disclose);
  }

  clear(): void {
    this.#require().clear();
  }

  takeOver(): Promise<void> {
    return this.open(true);
  }

  /** Starts again after a failure, wherever it failed. */
  restart(registrationToken?: string): Promise<void> {
    if (registrationToken !== undefined) {
      this.#registrationToken = registrationToken;
      void this.#hosted?.stop();
      this.#hosted = undefined;
    }
    return this.#hosted === undefined ? this.open(false) : this.#hosted.start();
  }

  reconnect(): void {
    this.#hosted?.reconnect();
  }

  networkIsBack(): void {
    this.#hosted?.networkIsBack();
  }

  /** Erases the agent, also when it never became ready. Rejects with `agent_in_use` while another tab has it open. */
  async forget(): Promise<void> {
    if (this.#hosted === undefined)
      throw new ParleyError('agent_in_use', 'Take the agent over first, then forget it here.');
    await this.#hosted.forget();
    this.#storage.stop();
  }
}

/** The network of a worker whose page carries its requests to other tabs. */
function pageNetwork(page: PagePort): Network {
  return {
    send: async (request, deadlineMs = requestDeadlineMs) =>
      fromResponseMessage(await page.fetch(await toRequestMessage(request), deadlineMs)),
  };
}
