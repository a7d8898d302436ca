/// <reference lib="esnext.disposable" preserve="true" />

import { Emitter } from '../agent/contracts/emitter.ts';
import { notReady } from '../agent/contracts/failures.ts';
import type {
  AgentEvent,
  AgentSnapshot,
  Answering,
  PeerPage,
  PeerView,
  PersonAnswer,
  SessionView,
} from '../agent/contracts/views.ts';
import { MethodRegistry, type RequestInfo } from '../agent/messages/methods.ts';
import type { Platform } from '../host/platform.ts';
import { problemResponse } from '../http/problem-response.ts';
import type { AgentOptions } from './agent-options.ts';
import { type AgentParts, partsThrough } from './agent-parts.ts';
import { Asking } from './asking.ts';
import {
  requireAgentOptions,
  requireAnswer,
  requireAnswering,
  requireBaseUrl,
  requireHandler,
  requirePage,
} from './checked-options.ts';
import { reporting, telling } from './error-listener.ts';
import type { Files } from './files.ts';
import type { Groups } from './groups.ts';
import { HeldAgent } from './held-agent.ts';
import { type OpenedAgent, openAgent } from './open-agent.ts';
import { type AnyHandler, type AnyMethods, asHandler, type Checked, type HandlerOf } from './typed-methods.ts';

/**
 * An agent: keys of its own, and a private line to every other agent of its server. `M` are the methods that it answers. Rejections
 * are `ParleyError`s with stable codes.
 */
export class ParleyAgent<M = AnyMethods> extends Asking {
  readonly id: string;
  /** Base URL at which it is reached. */
  readonly address: string;
  /** Groups of more than two, and messages that came in them. */
  readonly groups: Groups;
  /** Files that go to peers and come from them. */
  readonly files: Files;
  readonly #held: HeldAgent;
  readonly #methods: MethodRegistry;

  private constructor(id: string, address: string, { held, methods, events, groups, files, save }: AgentParts) {
    super(events, save);
    this.id = id;
    this.address = address;
    this.groups = groups;
    this.files = files;
    this.#held = held;
    this.#methods = methods;
  }

  /**
   * Opens an agent on a platform: makes its keys and registers it the first time, then waits until it is reachable. Rejects with the
   * reason of `signal` when that aborts before, and with `timed_out` after `timeout` milliseconds; then nothing stays open.
   */
  static async open<M>(options: AgentOptions<M>, platform: Platform): Promise<ParleyAgent<M>> {
    requireAgentOptions(options, platform);
    const { id, onError, onEvent, methods: handlers = {}, server, signal, timeout, unref = false, ...rest } = options;
    const report = reporting(onError);
    const methods = new MethodRegistry(({ error, ...request }) => report(error, { source: 'handler', ...request }));
    for (const [method, handler] of Object.entries<AnyHandler | undefined>(handlers)) {
      if (handler !== undefined) methods.register(method, asHandler(handler));
    }
    const events = new Emitter<AgentEvent>();
    if (onEvent !== undefined)
      events.follow(telling(onEvent, report, ({ type }) => ({ source: 'onEvent', event: type })));
    // Before anything is told of groups and files.
    let held: HeldAgent | undefined;
    const parts = partsThrough(events, report, () => held);
    const opening = {
      ...rest,
      emit: (event: AgentEvent) => events.emit(event),
      agentId: id,
      server: requireBaseUrl(server),
      methods,
      timers: platform.lifetime?.scheduler,
    };
    const opened = await HeldAgent.open((left) => openAgent({ ...opening, left }, platform), platform, {
      signal,
      timeout,
    });
    held = opened;
    if (!unref) opened.ref();
    const address = await opened.ask(async (agent) => agent.address);
    return new ParleyAgent(id, address, { held: opened, methods, events, ...parts, save: platform.saveFile });
  }

  /**
   * Answers `method` by `handler` from now on. What it throws goes to `onError`; the sender is told `handler_failed`, without its text.
   */
  handle<Name extends keyof M & string, Method extends M[Name] = M[Name]>(
    method: Name,
    handler: HandlerOf<Method>,
  ): void;
  /** Answers `method` by a handler that says its own types, at an agent that was opened without `M`. */
  handle<P, R, Name extends Extract<string, keyof M> = Extract<string, keyof M>>(
    method: Name,
    handler: ((parameters: P, info: RequestInfo) => R) & Checked<P, R>,
  ): void;
  handle(method: string, handler: AnyHandler): void {
    requireHandler(method, handler, 'handle');
    this.#methods.register(method, asHandler(handler));
  }

  /** Shakes hands with a peer now; `send` does so by itself. */
  connect(peerId: string): Promise<SessionView> {
    return this.ask((agent) => agent.connect(peerId));
  }

  /**
   * Returns a page of the other agents of the server's directory, in order of agent_id: `limit` of them (100; 500 at
   * most) after the agent_id `after`. Fewer than `limit` are the last ones.
   */
  async peers(page?: PeerPage): Promise<readonly PeerView[]> {
    requirePage(page);
    return this.ask((agent) => agent.peers(page));
  }

  /** Returns one agent of the directory by its exact agent_id. Rejects with `unknown_agent` when there is none. */
  findPeer(peerId: string): Promise<PeerView> {
    return this.ask((agent) => agent.peer(peerId));
  }

  /** Returns this agent's sessions, oldest first. */
  sessions(): readonly SessionView[] {
    return this.#held.opened?.agent.snapshot().sessions ?? [];
  }

  /** Returns everything at once: phase, sessions with their traces, conversations and HTTP in memory. No key is in it. */
  snapshot(): Promise<AgentSnapshot> {
    return this.ask((agent) => agent.snapshot());
  }

  /** Ends the session of this id or, when there is none, every session with the peer of this agent_id, for both sides. */
  async disconnect(sessionOrPeerId: string): Promise<void> {
    const open = this.sessions().filter(({ status }) => status === 'ESTABLISHED');
    const one = open.filter(({ sessionId }) => sessionId === sessionOrPeerId);
    const meant = one.length > 0 ? one : open.filter(({ peerId }) => peerId === sessionOrPeerId);
    await this.ask((agent) => Promise.all(meant.map(({ sessionId }) => agent.disconnect(sessionId))));
  }

  /**
   * Updates a session's keys now, which also happens by itself. Returns the newest epoch: the old one while the peer's update is on its
   * way. Rejects with `unknown_session`.
   */
  updateKeys(sessionId: string): Promise<number> {
    return this.ask((agent) => agent.updateKeys(sessionId));
  }

  /** Chooses who answers requests from now on: the handlers, or a person by `answer`. */
  async setAnswering(answering: Answering): Promise<void> {
    requireAnswering(answering);
    return this.ask((agent) => agent.setAnswering(answering));
  }

  /** Answers a request that is held for a person. Rejects with `invalid_input` when it waits no more. */
  async answer(peerId: string, requestId: string, answer: PersonAnswer): Promise<void> {
    requireAnswer(answer);
    return this.ask((agent) => agent.answer(peerId, requestId, answer));
  }

  /** Answers a request that reached `address`: mount it in any fetch-style server. */
  async fetch(request: Request): Promise<Response> {
    if (this.#held.isClosed) return problemResponse(notReady());
    return this.ask((agent) => agent.fetch(request));
  }

  /** Empties conversations, HTTP and ended sessions from memory, and deletes the stored recordings of these sessions; stored conversations stay. */
  clear(): Promise<void> {
    return this.ask((agent) => agent.clear());
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

  /**
   * On Node: lets the process end while the agent is open, once nothing else keeps it alive. Calls of this agent under way do, until they
   * are answered. What ends with the process is as after a crash: peers are not told.
   */
  unref(): this {
    this.#held.unref();
    return this;
  }

  /** On Node: keeps the process alive again until the agent is closed, which it does unless `unref` was called. */
  ref(): this {
    this.#held.ref();
    return this;
  }

  /** Closes the agent at the end of the block of `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  protected ask<T>(work: (agent: OpenedAgent['agent']) => T | Promise<T>): Promise<T> {
    return this.#held.ask(async ({ agent }) => work(agent));
  }
}
