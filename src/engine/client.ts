import * as Comlink from 'comlink';
import type { Retention } from '../agent/history/ports.ts';
import type {
  ArchiveView,
  AuditVerdictView,
  HistoryPageView,
  KeptHistoryView,
  SearchInput,
  SearchView,
} from '../agent/kept-views.ts';
import type {
  AgentEvent,
  AgentSnapshot,
  Answering,
  ExchangeView,
  PeerView,
  PersonAnswer,
  SafetyNumberView,
  SessionView,
} from '../agent/views.ts';
import { hostAddress } from '../network/bridge/host.ts';
import { httpNetwork } from '../network/http.ts';
import {
  fromRequestMessage,
  fromResponseMessage,
  toRequestMessage,
  toResponseMessage,
} from '../network/http-messages.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { Engine, EngineOptions, OpenEngine, SendInput } from './api.ts';
import type { EngineWorker } from './engine.worker.ts';
import { carryParleyErrors } from './error-transfer.ts';
import type { EngineHost } from './host.ts';
import type { KeptEngine } from './kept-api.ts';
import type { PagePort } from './page-port.ts';

carryParleyErrors();

/** Starts an agent in a dedicated worker; the page carries its requests and hosts its address. */
export const openEngine: OpenEngine = (options) => new EngineClient(options);

class EngineClient implements Engine {
  readonly agentId: string;
  readonly #worker: Worker;
  readonly #host: Promise<Comlink.Remote<EngineHost>>;
  readonly #listeners = new Set<(event: AgentEvent) => void>();
  #hosting: Promise<{ release(): void }> | undefined;

  constructor(options: EngineOptions) {
    this.agentId = options.agentId;
    this.#worker = new Worker(new URL('./engine.worker.ts', import.meta.url), {
      type: 'module',
      name: `parley ${options.agentId}`,
    });
    const entry = Comlink.wrap<EngineWorker>(this.#worker);
    const opened = entry.open(options, Comlink.proxy(this.#port(options.address)));
    this.#host = Promise.race([opened, crashOf(this.#worker)]);
    // Whoever calls next is told; until then nobody has to be.
    this.#host.catch(() => undefined);
  }

  /** What the page does for the worker. */
  #port(address: string): PagePort {
    return {
      event: async (event) => {
        for (const listener of this.#listeners) listener(event);
      },
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
    const host = await this.#host;
    return fromResponseMessage(await host.serve(await toRequestMessage(request)));
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

  async snapshot(): Promise<AgentSnapshot> {
    return (await this.#host).snapshot();
  }

  async peers(): Promise<readonly PeerView[]> {
    return (await this.#host).peers();
  }

  async connect(peerId: string): Promise<SessionView> {
    return (await this.#host).connect(peerId);
  }

  async send(input: SendInput): Promise<ExchangeView> {
    return (await this.#host).send(input);
  }

  async disconnect(sessionId: string): Promise<void> {
    await (await this.#host).disconnect(sessionId);
  }

  async updateKeys(sessionId: string): Promise<number> {
    return (await this.#host).updateKeys(sessionId);
  }

  async safetyNumber(peerId: string): Promise<SafetyNumberView> {
    return (await this.#host).safetyNumber(peerId);
  }

  async markVerified(peerId: string, keyFingerprint: string): Promise<void> {
    await (await this.#host).markVerified(peerId, keyFingerprint);
  }

  async acceptChangedKey(peerId: string): Promise<void> {
    await (await this.#host).acceptChangedKey(peerId);
  }

  async clearVerification(peerId: string): Promise<void> {
    await (await this.#host).clearVerification(peerId);
  }

  async setAnswering(answering: Answering): Promise<void> {
    await (await this.#host).setAnswering(answering);
  }

  async answer(peerId: string, requestId: string, answer: PersonAnswer): Promise<void> {
    await (await this.#host).answer(peerId, requestId, answer);
  }

  async history(peerId: string, before?: number, count?: number): Promise<HistoryPageView> {
    return (await this.#host).history(peerId, before, count);
  }

  async keptHistories(): Promise<readonly KeptHistoryView[]> {
    return (await this.#host).keptHistories();
  }

  async setRetention(peerId: string, retention: Retention): Promise<KeptHistoryView> {
    return (await this.#host).setRetention(peerId, retention);
  }

  async wouldDelete(peerId: string, retention: Retention): Promise<number> {
    return (await this.#host).wouldDelete(peerId, retention);
  }

  async deleteHistory(peerId: string, sequences?: readonly number[]): Promise<number> {
    return (await this.#host).deleteHistory(peerId, sequences);
  }

  async exportHistory(passphrase: string, peerId?: string): Promise<Bytes> {
    return (await this.#host).exportHistory(passphrase, peerId);
  }

  async importHistory(file: Bytes, passphrase: string): Promise<ArchiveView> {
    return (await this.#host).importHistory(file, passphrase);
  }

  async archives(): Promise<readonly ArchiveView[]> {
    return (await this.#host).archives();
  }

  async archivePage(archiveId: string, peerId: string, before?: number, count?: number): Promise<HistoryPageView> {
    return (await this.#host).archivePage(archiveId, peerId, before, count);
  }

  async deleteArchive(archiveId: string): Promise<void> {
    await (await this.#host).deleteArchive(archiveId);
  }

  async search(input: SearchInput): Promise<SearchView> {
    return (await this.#host).search(input);
  }

  async audit(before?: number, count?: number): ReturnType<KeptEngine['audit']> {
    return (await this.#host).audit(before, count);
  }

  async verifyAudit(): Promise<AuditVerdictView> {
    return (await this.#host).verifyAudit();
  }

  async exportAudit(disclose: readonly number[]): Promise<string> {
    return (await this.#host).exportAudit(disclose);
  }

  async clear(): Promise<void> {
    await (await this.#host).clear();
  }

  async takeOver(): Promise<void> {
    await (await this.#host).takeOver();
  }

  async restart(registrationToken?: string): Promise<void> {
    await (await this.#host).restart(registrationToken);
  }

  async reconnect(): Promise<void> {
    await (await this.#host).reconnect();
  }

  async forget(): Promise<void> {
    await (await this.#host).forget();
    this.#release();
  }

  close(): void {
    this.#release();
    this.#worker.terminate();
  }
}

/** Rejects when the worker cannot be loaded or fails outside of any call. */
function crashOf(worker: Worker): Promise<never> {
  return new Promise((_, reject) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      reject(
        new ParleyError('internal_error', 'The agent’s worker could not be loaded. Reload the page to try again.'),
      );
    });
  });
}
