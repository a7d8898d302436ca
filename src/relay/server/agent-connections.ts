import type { AgentId, Bytes } from '../../protocol/bytes.ts';
import type { ParleyError } from '../../protocol/errors.ts';
import type { AgentRouter, RelayedAnswer, RelayedRequest } from './agent-router.ts';
import type { AgentSocket } from './agent-socket.ts';

/** What happens to agents of this server. */
export interface LinesListener {
  online(agentId: AgentId): void;
  offline(agentId: AgentId): void;
}

/** The agents that are connected to this server: one connection each. */
export class AgentConnections implements AgentRouter {
  readonly #sockets = new Map<string, AgentSocket>();
  readonly #waiters = new Map<string, Set<() => void>>();
  /** When agents lost their connection, so that a request waits for those that are about to come back. */
  readonly #lostAt = new Map<string, number>();
  readonly #graceMs: number;
  readonly #listener: LinesListener;
  readonly #startedAt = Date.now();

  constructor(graceMs: number, listener: LinesListener) {
    this.#graceMs = graceMs;
    this.#listener = listener;
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** Returns the number of requests that wait for answers of agents. */
  get requestsUnderWay(): number {
    let sum = 0;
    for (const socket of this.#sockets.values()) sum += socket.requestsUnderWay;
    return sum;
  }

  /** Serves an agent by this connection from now on; an older one is told, and closed. */
  add(socket: AgentSocket): void {
    const { agentId } = socket;
    const older = this.#sockets.get(agentId);
    this.#sockets.set(agentId, socket);
    this.#lostAt.delete(agentId);
    older?.replace();
    this.tell(agentId);
    if (older === undefined) this.#listener.online(agentId);
  }

  /** Forgets a connection that has closed, unless a newer one has taken its place. */
  remove(socket: AgentSocket): void {
    const { agentId } = socket;
    if (this.#sockets.get(agentId) !== socket) return;
    this.#sockets.delete(agentId);
    this.#lostAt.set(agentId, Date.now());
    this.#forgetOldLosses();
    this.#listener.offline(agentId);
  }

  agentIds(): string[] {
    return [...this.#sockets.keys()];
  }

  has(agentId: string): boolean {
    return this.#sockets.has(agentId);
  }

  mightReach(agentId: string): boolean {
    return this.#sockets.get(agentId)?.isLeaving === false;
  }

  async isOnline(agentId: string): Promise<boolean> {
    return this.has(agentId);
  }

  async ask(agentId: string, request: RelayedRequest): Promise<RelayedAnswer | undefined> {
    const socket = this.#sockets.get(agentId);
    return socket === undefined || socket.isLeaving ? undefined : socket.ask(request);
  }

  /** Waits for an agent that was here a moment ago, or that `isExpected`. */
  async comesBack(agentId: string, isExpected = false): Promise<void> {
    const since = Math.max(this.#lostAt.get(agentId) ?? 0, this.#startedAt);
    const wait = isExpected || since + this.#graceMs * 5 > Date.now() ? this.#graceMs : 0;
    if (wait === 0 || this.has(agentId)) return;
    const waiters = this.#waiters.get(agentId) ?? new Set();
    this.#waiters.set(agentId, waiters);
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timeout);
        waiters.delete(done);
        if (waiters.size === 0) this.#waiters.delete(agentId);
        resolve();
      };
      const timeout = setTimeout(done, wait);
      waiters.add(done);
    });
  }

  /** Tells every agent the Controller's events, a whole frame of them. */
  tellAll(frame: Bytes): void {
    for (const socket of this.#sockets.values()) socket.tell(frame);
  }

  /** Tells one agent what is new for it, a whole frame. */
  notice(agentId: string, frame: Bytes): void {
    this.#sockets.get(agentId)?.tell(frame);
  }

  /** Tells whoever waits for an agent that it has come back, here or elsewhere. */
  tell(agentId: string): void {
    for (const tell of this.#waiters.get(agentId) ?? []) tell();
  }

  /** Ends an agent's connection because a newer one is elsewhere; one that is leaving may answer what it was asked. */
  replaced(agentId: string): void {
    const socket = this.#sockets.get(agentId);
    if (socket?.isLeaving !== false) return;
    this.remove(socket);
    socket.replace();
  }

  /** Ends an agent's connection because it may not be served. */
  refuse(agentId: string, why: ParleyError): void {
    this.#sockets.get(agentId)?.refuse(why);
  }

  /** Tells every agent that this server goes away. */
  leave(): void {
    for (const socket of this.#sockets.values()) socket.leave();
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
  }

  #forgetOldLosses(): void {
    const before = Date.now() - this.#graceMs * 5;
    for (const [agentId, at] of this.#lostAt) {
      if (at >= before) return;
      this.#lostAt.delete(agentId);
    }
  }
}
