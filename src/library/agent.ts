import { type MethodHandler, MethodRegistry } from '../agent/methods.ts';
import type { AgentEvent, Json, PeerView, SafetyNumberView, SessionView } from '../agent/views.ts';
import { isErrorCode, ParleyError } from '../protocol/errors.ts';
import { type OpenedAgent, openAgent } from './open-agent.ts';
import type { KeptOptions, Platform } from './platform.ts';

/** How an agent is opened. */
export interface AgentOptions extends KeptOptions {
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
  readonly #opened: OpenedAgent;
  readonly #methods: MethodRegistry;

  private constructor(id: string, opened: OpenedAgent, methods: MethodRegistry) {
    this.id = id;
    this.address = opened.address;
    this.#opened = opened;
    this.#methods = methods;
  }

  /** Opens an agent on a platform: makes its keys and registers it the first time, then waits until it is reachable. */
  static async open(options: AgentOptions, platform: Platform): Promise<ParleyAgent> {
    const { id, onEvent, methods: handlers = {}, server, ...rest } = options;
    const methods = new MethodRegistry();
    for (const [method, handler] of Object.entries(handlers)) methods.register(method, handler);
    const emit = onEvent === undefined ? {} : { emit: onEvent };
    const opened = await openAgent({ ...rest, ...emit, agentId: id, server: baseUrl(server), methods }, platform);
    return new ParleyAgent(id, opened, methods);
  }

  /** Answers `method` by `handler` from now on. What it throws is told to the sender as `handler_failed`, without its text. */
  handle(method: string, handler: MethodHandler): void {
    this.#methods.register(method, handler);
  }

  /** Shakes hands with a peer now; `send` does so by itself. */
  connect(peerId: string): Promise<SessionView> {
    return this.#opened.agent.connect(peerId);
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
    const { status, result, error } = await this.#opened.agent.send({ peerId, method, parameters, ...repeated });
    if (status === 'success') return result ?? null;
    const code = isErrorCode(error?.code) ? error.code : 'handler_failed';
    throw new ParleyError(code, error?.detail ?? 'The peer answered with an error.');
  }

  /** Every other agent of the server's directory. */
  peers(): Promise<readonly PeerView[]> {
    return this.#opened.agent.peers();
  }

  /** This agent's sessions, oldest first. */
  sessions(): readonly SessionView[] {
    return this.#opened.agent.snapshot().sessions;
  }

  /** Ends every session with a peer, for both sides. */
  async disconnect(peerId: string): Promise<void> {
    const open = this.sessions().filter((session) => session.peerId === peerId && session.status === 'ESTABLISHED');
    await Promise.all(open.map(({ sessionId }) => this.#opened.agent.disconnect(sessionId)));
  }

  /** The 60 digits that two people compare, and the key they belong to. */
  safetyNumber(peerId: string): Promise<SafetyNumberView> {
    return this.#opened.agent.safetyNumber(peerId);
  }

  /** Marks a peer's key as compared; when another key shows up afterwards, nothing is sent: `peer_key_changed`. */
  markVerified(peerId: string, keyFingerprint: string): Promise<void> {
    return this.#opened.agent.markVerified(peerId, keyFingerprint);
  }

  /** Answers a request that reached `address`: mount it in any fetch-style server. */
  fetch(request: Request): Promise<Response> {
    return this.#opened.agent.fetch(request);
  }

  /** Ends its sessions, erases their keys and leaves. Its own keys stay for the next time. */
  close(): Promise<void> {
    return this.#opened.close();
  }
}

function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && (text === url.origin || text === `${url.origin}/`)) {
    return url.origin;
  }
  throw new ParleyError('invalid_input', `“${text}” is no base URL such as https://parley.example.`);
}
