import * as Comlink from 'comlink';
import { failureView } from '../agent/contracts/failures.ts';
import type { AgentEvent } from '../agent/contracts/views.ts';
import { fromRequestMessage, fromResponseMessage, toRequestMessage, toResponseMessage } from '../http/http-messages.ts';
import { hostAddress } from '../network/bridge/host.ts';
import { httpNetwork } from '../network/http.ts';
import { carryParleyErrors } from '../platform/error-transfer.ts';
import { notStarted } from '../platform/worker-start.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import type { EngineOptions, OpenEngine } from './api.ts';
import type { EngineWorker } from './engine.worker.ts';
import type { EngineHost } from './host.ts';
import { operationsThrough } from './operations.ts';
import type { PagePort } from './page-port.ts';

carryParleyErrors();

/** Starts an agent in a dedicated worker; the page carries its requests and hosts its address. */
export const openEngine: OpenEngine = (options) => {
  const client = new EngineClient(options);
  return {
    ...operationsThrough((name, args) => client.run(name, args)),
    agentId: options.agentId,
    subscribe: (listener) => client.subscribe(listener),
    restart: (registrationToken) => client.restart(registrationToken),
    forget: () => client.forget(),
    close: () => client.close(),
  };
};

/** One run of an agent's worker: from its start to its end, or until the page is left. */
interface Run {
  readonly worker: Worker;
  readonly host: Promise<Comlink.Remote<EngineHost>>;
  /** Rejects when the run ends: no call to its worker is answered any more. */
  readonly over: Promise<never>;
  readonly end: (why: ParleyError) => void;
}

/** An agent's worker, from the page. */
class EngineClient {
  readonly #options: EngineOptions;
  readonly #listeners = new Set<(event: AgentEvent) => void>();
  #run: Run;
  #hasFailed = false;
  #hosting: Promise<{ release(): void }> | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#run = this.#start();
    addEventListener('pagehide', this.#leave);
    addEventListener('pageshow', this.#comeBack);
  }

  /** Starts a worker for the agent. That it cannot be loaded is a phase, as every failed start is. */
  #start(): Run {
    const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), {
      type: 'module',
      name: `parley ${this.#options.agentId}`,
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

  /** Runs an operation of the table in the worker. */
  run(name: string, args: readonly unknown[]): Promise<unknown> {
    return this.#ask((host) => host.run(name, args));
  }

  /** Starts the agent again after a failure, in a new worker when the worker had failed. */
  async restart(registrationToken?: string): Promise<void> {
    if (this.#hasFailed) this.#run = this.#start();
    else await this.run('restart', [registrationToken]);
  }

  /** Erases the agent, and stops hosting its address. */
  async forget(): Promise<void> {
    await this.run('forget', []);
    this.#release();
  }

  close(): void {
    removeEventListener('pagehide', this.#leave);
    removeEventListener('pageshow', this.#comeBack);
    this.#stop();
  }
}
