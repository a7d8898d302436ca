import { type Msg, NoRespondersError, RequestError, type Subscription } from '@nats-io/transport-node';
import type { AgentId } from '../../../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../../../protocol/errors.ts';
import { type Claim, type Connections, openConnections } from '../../../storage/nats/connections.ts';
import type { NatsLink } from '../../../storage/nats/link.ts';
import type { Seal } from '../../../storage/nats/seal.ts';
import type { AgentConnections } from '../agent-connections.ts';
import type { AgentRouter, RelayedAnswer, RelayedRequest } from '../agent-router.ts';
import type { RelayLimits } from '../limits.ts';
import { PresenceProbes } from './presence-probes.ts';
import { answerHeaders, failureHeaders, failureOf, readAnswer, readRequest, requestHeaders } from './relay-messages.ts';

/** Milliseconds between tries to say that an agent is here, while NATS cannot be reached. */
const claimAgainMs = 2_000;
/** Milliseconds between renewals of claims: well within the day that they are kept. */
const renewMs = 6 * 3_600_000;
/** How many times the grace an agent that has left is waited for: as at its own server. */
const graces = 5;
/** Bytes of headers that a message of NATS may have beside its payload. */
const headerRoom = 8 * 1024;
/** Milliseconds that an answer may take longer than the agent: its way here. */
const wayMs = 1_000;

const empty = new Uint8Array(0);
const never = new AbortController().signal;

/** What a server of a group needs to reach the agents of the others. */
export interface GroupDeps {
  readonly link: NatsLink;
  readonly seal: Seal;
  readonly lines: AgentConnections;
  readonly limits: Pick<RelayLimits, 'answerMs' | 'graceMs'>;
  /** A name that no other server of the group has. */
  readonly server: string;
  readonly failed: (error: unknown) => void;
  /** Something other than a server of this group has said where an agent is. */
  readonly forged: (agentId: string) => void;
}

/**
 * Reaches every agent of a group of servers: those connected here directly, the others by NATS request-reply. Each agent
 * has one subject, and the server that it is connected to answers there.
 */
export class GroupRouter implements AgentRouter {
  readonly #deps: GroupDeps;
  readonly #subscriptions = new Map<AgentId, Subscription>();
  /** The newest claim of every agent, by whomever. */
  readonly #claims = new Map<string, Claim>();
  readonly #own = new Map<string, number>();
  readonly #underWay = new Map<string, Set<() => void>>();
  /** When agents left their server, so that a request waits for those that are about to come back anywhere. */
  readonly #leftAt = new Map<string, number>();
  readonly #probes: PresenceProbes;
  #connections: Connections | undefined;
  #isClosed = false;
  #renewal: NodeJS.Timeout | undefined;

  private constructor(deps: GroupDeps) {
    this.#deps = deps;
    this.#probes = new PresenceProbes(deps.link.connection, deps.server, (agentId) => deps.lines.has(agentId));
  }

  /** Joins the group. Rejects with `storage_failed`. */
  static async join(deps: GroupDeps): Promise<GroupRouter> {
    const reach = new GroupRouter(deps);
    reach.#renewal = setInterval(() => {
      for (const agentId of reach.#subscriptions.keys()) void reach.#claim(agentId);
    }, renewMs).unref();
    reach.#connections = await openConnections(deps.link, deps.seal, deps.server, {
      changed: (id, claim) => reach.#hear(id, claim),
      whole: () => reach.#releaseForgotten(),
      forged: deps.forged,
      failed: deps.failed,
    });
    return reach;
  }

  /** Returns NATS's clock at a moment of this call, in milliseconds since 1970. Rejects with `storage_failed`. */
  natsTime(): Promise<number> {
    if (this.#connections === undefined) return Promise.reject(failureOf('peer_unreachable'));
    return this.#connections.watch.time();
  }

  /** Notes that an agent has connected here; a connection that it has elsewhere ends. */
  connected(agentId: AgentId): void {
    this.#subscribe(agentId);
    void this.#claim(agentId);
  }

  /** Notes that an agent is no longer connected here. */
  disconnected(agentId: AgentId): void {
    this.#subscriptions.get(agentId)?.unsubscribe();
    this.#subscriptions.delete(agentId);
    const own = this.#own.get(agentId);
    this.#own.delete(agentId);
    if (own !== undefined) this.#connections?.release(agentId, own).catch(this.#deps.failed);
  }

  async ask(agentId: string, request: RelayedRequest): Promise<RelayedAnswer | undefined> {
    const near = await this.#deps.lines.ask(agentId, request);
    if (near !== undefined || !this.#deps.link.isUp) return near;
    const { link, limits } = this.#deps;
    const body = request.body ?? empty;
    if (body.length > this.#mostBytes) throw failureOf('message_too_large');
    const moved = this.#untilMoved(agentId);
    try {
      const headers = requestHeaders(request);
      const options = { timeout: limits.answerMs + wayMs, headers };
      const asked = () => Promise.race([link.connection.request(subjectOf(agentId), body, options), moved.failed]);
      return readAnswer(await link.whileUp(asked, () => failureOf('peer_unreachable')));
    } catch (error) {
      if (error instanceof ParleyError) throw error;
      if (isNobodyThere(error)) return undefined;
      throw failureOf('peer_unreachable');
    } finally {
      moved.end();
    }
  }

  mightReach(agentId: string): boolean {
    return this.#deps.lines.mightReach(agentId) || (this.#deps.link.isUp && this.isElsewhere(agentId));
  }

  async isOnline(agentId: string): Promise<boolean> {
    const { lines, link, server } = this.#deps;
    if (lines.has(agentId)) return true;
    const claim = this.#claims.get(agentId);
    if (claim === undefined || claim.server === server || !link.isUp) return false;
    return this.#probes.ask(claim.server, agentId);
  }

  comesBack(agentId: string): Promise<void> {
    const { lines, limits } = this.#deps;
    const leftAt = this.#leftAt.get(agentId);
    const hasJustLeft = leftAt !== undefined && Date.now() - leftAt < limits.graceMs * graces;
    return lines.comesBack(agentId, hasJustLeft || this.#claims.has(agentId));
  }

  /** True when an agent has a newer connection at another server. */
  isElsewhere(agentId: string): boolean {
    const claim = this.#claims.get(agentId);
    return claim !== undefined && claim.server !== this.#deps.server;
  }

  /** Takes no requests of other servers any more. */
  leave(): void {
    this.#isClosed = true;
    for (const subscription of this.#subscriptions.values()) subscription.unsubscribe();
  }

  close(): void {
    this.leave();
    clearInterval(this.#renewal);
    this.#connections?.close();
    this.#probes.close();
  }

  get #mostBytes(): number {
    return (this.#deps.link.connection.info?.max_payload ?? 1024 * 1024) - headerRoom;
  }

  #subscribe(agentId: AgentId): void {
    if (this.#subscriptions.has(agentId) || this.#isClosed) return;
    // In a queue group one member gets a message: nothing runs twice while an agent moves from one server to another.
    const subscription = this.#deps.link.connection.subscribe(subjectOf(agentId), {
      queue: 'agent',
      callback: (error, message) => {
        if (error === null) void this.#answer(agentId, message);
      },
    });
    this.#subscriptions.set(agentId, subscription);
  }

  async #answer(agentId: AgentId, message: Msg): Promise<void> {
    const { lines } = this.#deps;
    try {
      const answer = await lines.ask(agentId, { ...readRequest(message), signal: never });
      if (answer === undefined) message.respond(empty, { headers: failureHeaders('offline') });
      else if (answer.body.length > this.#mostBytes) throw failureOf('message_too_large');
      else message.respond(answer.body, { headers: answerHeaders(answer) });
    } catch (error) {
      const { code } = asParleyError(error);
      const isKnown = code === 'rate_limited' || code === 'message_too_large';
      message.respond(empty, { headers: failureHeaders(isKnown ? code : 'peer_unreachable') });
    }
  }

  async #claim(agentId: AgentId): Promise<void> {
    const { lines, failed } = this.#deps;
    while (lines.has(agentId) && !this.#isClosed) {
      try {
        const number = await this.#connections?.claim(agentId);
        if (number === undefined) return;
        this.#own.set(agentId, number);
        if (lines.has(agentId)) this.#yieldToNewer(agentId);
        else this.disconnected(agentId);
        return;
      } catch (error) {
        failed(error);
        await new Promise((resolve) => setTimeout(resolve, claimAgainMs));
      }
    }
  }

  #hear(agentId: string, claim: Claim | undefined): void {
    const before = this.#claims.get(agentId);
    if (claim === undefined) {
      this.#claims.delete(agentId);
      if (before !== undefined) this.#rememberLoss(agentId);
      return;
    }
    this.#leftAt.delete(agentId);
    this.#claims.set(agentId, claim);
    this.#yieldToNewer(agentId);
    this.#deps.lines.tell(agentId);
    if (before?.server === claim.server) return;
    for (const moved of this.#underWay.get(agentId) ?? []) moved();
  }

  #rememberLoss(agentId: string): void {
    this.#leftAt.set(agentId, Date.now());
    const before = Date.now() - this.#deps.limits.graceMs * graces;
    for (const [oldest, at] of this.#leftAt) {
      if (at >= before) return;
      this.#leftAt.delete(oldest);
    }
  }

  /** Takes back claims of this server for agents that left while NATS was away. */
  #releaseForgotten(): void {
    const { lines, server, failed } = this.#deps;
    for (const [agentId, claim] of this.#claims) {
      if (claim.server !== server || lines.has(agentId)) continue;
      this.#connections?.release(agentId, claim.number).catch(failed);
    }
  }

  #yieldToNewer(agentId: string): void {
    const claim = this.#claims.get(agentId);
    const own = this.#own.get(agentId);
    if (own === undefined || claim === undefined || claim.number <= own) return;
    if (this.isElsewhere(agentId)) this.#deps.lines.replaced(agentId);
  }

  /** Fails when the agent has connected anew while it is asked, and the answer of its earlier connection does not come. */
  #untilMoved(agentId: string): { failed: Promise<never>; end(): void } {
    const all = this.#underWay.get(agentId) ?? new Set();
    this.#underWay.set(agentId, all);
    let timeout: NodeJS.Timeout | undefined;
    let moved = () => {};
    const failed = new Promise<never>((_, reject) => {
      moved = () => {
        timeout ??= setTimeout(() => reject(failureOf('peer_unreachable')), this.#deps.limits.graceMs);
      };
    });
    all.add(moved);
    return {
      failed,
      end: () => {
        clearTimeout(timeout);
        all.delete(moved);
        if (all.size === 0) this.#underWay.delete(agentId);
      },
    };
  }
}

function isNobodyThere(error: unknown): boolean {
  return error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders());
}

function subjectOf(agentId: string): string {
  return `parley.agents.${agentId}`;
}
