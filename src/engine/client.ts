import * as Comlink from 'comlink';
import type { Retention } from '../agent/contracts/history-store.ts';
import type {
  ArchiveView,
  AuditVerdictView,
  HistoryPageView,
  KeptHistoryView,
  SearchInput,
  SearchView,
} from '../agent/contracts/history-views.ts';
import type {
  AgentEvent,
  AgentSnapshot,
  Answering,
  ExchangeView,
  PeerView,
  PersonAnswer,
  SafetyNumberView,
  SessionView,
} from '../agent/contracts/views.ts';
import type { PeerPage } from '../agent/directory.ts';
import { failureView } from '../agent/state/activity-log.ts';
import { fromRequestMessage, fromResponseMessage, toRequestMessage, toResponseMessage } from '../http/http-messages.ts';
import { hostAddress } from '../network/bridge/host.ts';
import { httpNetwork } from '../network/http.ts';
import { carryParleyErrors } from '../platform/error-transfer.ts';
import { notStarted } from '../platform/worker-start.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import type { Engine, EngineOptions, OpenEngine, SendInput } from './api.ts';
import type { EngineWorker } from './engine.worker.ts';
import type { EngineHost } from './host.ts';
import type { KeptEngine } from './kept-api.ts';
import type { PagePort } from './page-port.ts';

carryParleyErrors();

/** Starts an agent in a dedicated worker; the page carries its requests and hosts its address. */
export const openEngine: OpenEngine = (options) => new EngineClient(options);

/** One run of an agent's worker: from its start to its end, or until the page is left. */
interface Run {
  readonly worker: Worker;
  readonly host: Promise<Comlink.Remote<EngineHost>>;
  /** Rejects when the run ends: no call to its worker is answered any more. */
  readonly over: Promise<never>;
  readonly end: (why: ParleyError) => void;
}

class EngineClient implements Engine {
  readonly agentId: string;
  readonly #options: EngineOptions;
  readonly #listeners = new Set<(event: AgentEvent) => void>();
  #run: Run;
  #hasFailed = false;
  #hosting: Promise<{ release(): void }> | undefined;

  constructor(options: EngineOptions) {
    this.agentId = options.agentId;
    this.#options = options;
    this.#run = this.#start();
    addEventListener('pagehide', this.#leave);
    addEventListener('pageshow', this.#comeBack);
  }

  /** Starts a worker for the agent. That it cannot be loaded is a phase, as every failed start is. */
  #start(): Run {
    const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), {
      type: 'module',
      name: `parley ${this.agentId}`,
    });
    const { promise: over, reject: end } = Promise.withResolvers<never>();
    const entry = Comlink.wrap<EngineWorker>(worker);
    const opened = entry.open(this.#options, Comlink.proxy(this.#port(this.#options.address)));
    const host = Promise.race([opened, notStarted(worker, 'The agent’s own part of Parley')]);
    this.#hasFailed = false;
    host.catch((cause: unknown) => {
      worker.terminate();
      if (this.#run.worker !== worker) return;
      this.#hasFailed = true;
      this.#tell({ type: 'phase', phase: { phase: 'failed', failure: failureView(asParleyError(cause)) } });
    });
    // Whoever waits for an answer is told; when nobody does, nobody has to be.
    over.catch(() => undefined);
    return { worker, host, over, end };
  }

  #stop(): void {
    const { worker, end } = this.#run;
    this.#release();
    worker.terminate();
    end(
      new ParleyError(
        'network_unavailable',
        'The page was left while this was under way. A request that was sent stays in the conversation, and is sent again.',
      ),
    );
  }

  /**
   * A page that is left may be kept to go back to, frozen, with its worker and its locks: WebKit does so. Then no other tab could
   * open the agent, and nobody would answer for it.
   */
  readonly #leave = () => this.#stop();

  readonly #comeBack = ({ persisted }: PageTransitionEvent) => {
    if (persisted) this.#run = this.#start();
  };

  #tell(event: AgentEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Asks the worker of this run; rejects when the run ends before it answers. */
  #ask<T>(work: (host: Comlink.Remote<EngineHost>) => Promise<T>): Promise<T> {
    const { host, over } = this.#run;
    return Promise.race([host.then(work), over]);
  }

  /** Returns what the page does for the worker. */
  #port(address: string): PagePort {
    return {
      event: async (event) => this.#tell(event),
      fetch: async (request, deadlineMs) =>
        toResponseMessage(await httpNetwork.send(fromRequestMessage(request), deadlineMs)),
      host: async (takeOver) => {
        this.#release();
        this.#hosting = hostAddress(address, (request) => this.#serve(request), { takeOver });
        await this.#hosting;
      },
      release: async () => this.#release(),
    };
  }

  async #serve(request: Request): Promise<Response> {
    const message = await toRequestMessage(request);
    return fromResponseMessage(await this.#ask((host) => host.serve(message)));
  }

  #release(): void {
    void this.#hosting?.then(
      (hosting) => hosting.release(),
      () => undefined,
    );
    this.#hosting = undefined;
  }

  subscribe(listener: (event: AgentEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  snapshot(): Promise<AgentSnapshot> {
    return this.#ask((host) => host.snapshot());
  }

  peers(page?: PeerPage): Promise<readonly PeerView[]> {
    return this.#ask((host) => host.peers(page));
  }

  peer(peerId: string): Promise<PeerView> {
    return this.#ask((host) => host.peer(peerId));
  }

  connect(peerId: string): Promise<SessionView> {
    return this.#ask((host) => host.connect(peerId));
  }

  send(input: SendInput): Promise<ExchangeView> {
    return this.#ask((host) => host.send(input));
  }

  disconnect(sessionId: string): Promise<void> {
    return this.#ask((host) => host.disconnect(sessionId));
  }

  updateKeys(sessionId: string): Promise<number> {
    return this.#ask((host) => host.updateKeys(sessionId));
  }

  safetyNumber(peerId: string): Promise<SafetyNumberView> {
    return this.#ask((host) => host.safetyNumber(peerId));
  }

  markVerified(peerId: string, keyFingerprint: string): Promise<void> {
    return this.#ask((host) => host.markVerified(peerId, keyFingerprint));
  }

  acceptChangedKey(peerId: string): Promise<void> {
    return this.#ask((host) => host.acceptChangedKey(peerId));
  }

  clearVerification(peerId: string): Promise<void> {
    return this.#ask((host) => host.clearVerification(peerId));
  }

  setAnswering(answering: Answering): Promise<void> {
    return this.#ask((host) => host.setAnswering(answering));
  }

  answer(peerId: string, requestId: string, answer: PersonAnswer): Promise<void> {
    return this.#ask((host) => host.answer(peerId, requestId, answer));
  }

  history(peerId: string, before?: number, count?: number): Promise<HistoryPageView> {
    return this.#ask((host) => host.history(peerId, before, count));
  }

  keptHistories(): Promise<readonly KeptHistoryView[]> {
    return this.#ask((host) => host.keptHistories());
  }

  setRetention(peerId: string, retention: Retention): Promise<KeptHistoryView> {
    return this.#ask((host) => host.setRetention(peerId, retention));
  }

  wouldDelete(peerId: string, retention: Retention): Promise<number> {
    return this.#ask((host) => host.wouldDelete(peerId, retention));
  }

  deleteHistory(peerId: string, sequences?: readonly number[]): Promise<number> {
    return this.#ask((host) => host.deleteHistory(peerId, sequences));
  }

  exportHistory(passphrase: string, peerId?: string): Promise<Bytes> {
    return this.#ask((host) => host.exportHistory(passphrase, peerId));
  }

  importHistory(file: Bytes, passphrase: string): Promise<ArchiveView> {
    return this.#ask((host) => host.importHistory(file, passphrase));
  }

  archives(): Promise<readonly ArchiveView[]> {
    return this.#ask((host) => host.archives());
  }

  archivePage(archiveId: string, peerId: string, before?: number, count?: number): Promise<HistoryPageView> {
    return this.#ask((host) => host.archivePage(archiveId, peerId, before, count));
  }

  deleteArchive(archiveId: string): Promise<void> {
    return this.#ask((host) => host.deleteArchive(archiveId));
  }

  search(input: SearchInput): Promise<SearchView> {
    return this.#ask((host) => host.search(input));
  }

  audit(before?: number, count?: number): ReturnType<KeptEngine['audit']> {
    return this.#ask((host) => host.audit(before, count));
  }

  verifyAudit(): Promise<AuditVerdictView> {
    return this.#ask((host) => host.verifyAudit());
  }

  exportAudit(disclose: readonly number[]): Promise<string> {
    return this.#ask((host) => host.exportAudit(disclose));
  }

  clear(): Promise<void> {
    return this.#ask((host) => host.clear());
  }

  takeOver(): Promise<void> {
    return this.#ask((host) => host.takeOver());
  }

  async restart(registrationToken?: string): Promise<void> {
    if (this.#hasFailed) this.#run = this.#start();
    else await this.#ask((host) => host.restart(registrationToken));
  }

  reconnect(): Promise<void> {
    return this.#ask((host) => host.reconnect());
  }

  async forget(): Promise<void> {
    await this.#ask((host) => host.forget());
    this.#release();
  }

  close(): void {
    removeEventListener('pagehide', this.#leave);
    removeEventListener('pageshow', this.#comeBack);
    this.#stop();
  }
}
