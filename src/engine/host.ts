import * as Comlink from 'comlink';
import type { Agent } from '../agent/agent.ts';
import { failureView, notReady } from '../agent/contracts/failures.ts';
import { usualGroupSettings } from '../agent/contracts/group-views.ts';
import type { Network } from '../agent/contracts/ports.ts';
import type { AgentEvent, AgentPhase, AgentSnapshot } from '../agent/contracts/views.ts';
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
import { browserNotices } from '../network/bridge/notices.ts';
import { holdAgentLock } from '../platform/agent-lock.ts';
import { generateRsa, scheduler } from '../platform/platform.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import type { EngineOptions } from './api.ts';
import { type Host, operationNamed } from './operations.ts';
import type { PagePort } from './page-port.ts';
import { StorageWatch } from './storage-watch.ts';

const requestDeadlineMs = 100_000;

/** Hosts one agent in this worker: holds its lock, its keys and its state. */
export class EngineHost implements Host {
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
    const { agentId, address, controllerUrl, isQuiet, network } = this.#options;
    const opening = this.#opening;
    return openAgent({
      agentId,
      address,
      controllerUrl,
      deliveryUrl: controllerUrl,
      isQuiet,
      readsAnswers: true,
      transport: this.#transport(),
      ...(network.kind === 'bridge' ? { notices: browserNotices(agentId) } : {}),
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
    return { kind: 'network', network: pageNetwork(this.#page), isPresenceKnown: true };
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

  /**
   * Runs an operation of the table for the page, and hands over what need not be copied. Rejects with `not_registered` while it needs an
   * agent and there is none, and with `invalid_input` when there is no such operation.
   */
  async run(name: string, args: readonly unknown[]): Promise<unknown> {
    const operation = operationNamed(name);
    const result = await (operation.needs === 'nothing'
      ? operation.run(this, ...args)
      : operation.run(this.#require(), ...args));
    return operation.transfer === undefined ? result : Comlink.transfer(result, operation.transfer(result));
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
      groups: [],
      invitations: [],
      groupSettings: usualGroupSettings,
      files: [],
    } as const;
    const hosted = this.#hosted;
    const line = hosted?.line === undefined ? {} : { line: hosted.line };
    return { ...(hosted?.agent.snapshot() ?? empty), phase: this.#phase, ...line, storage: this.#storage.view };
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
