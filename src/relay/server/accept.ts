import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ControllerStore } from '../../controller/store.ts';
import { addressOfUpgrade } from '../../http/server/client-address.ts';
import type { TrustedProxies } from '../../http/server/proxies.ts';
import { changeShare, type Shares } from '../../http/server/shares.ts';
import { readRsaPublicKey } from '../../pki/rsa-public-key.ts';
import type { AgentId } from '../../protocol/bytes.ts';
import { asParleyError, ParleyError, toldToOthers } from '../../protocol/errors.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { decodeBase64, encodeBase64 } from '../../protocol/wire/base64.ts';
import { verifyRelayClaim } from '../claim.ts';
import { isFinalRefusal } from '../client/final-refusals.ts';
import { decodeToRelay, encodeFrame, withParts } from '../client/frames.ts';
import type { AgentConnections } from './agent-connections.ts';
import { type AgentLink, AgentSocket } from './agent-socket.ts';
import type { Budget } from './budget.ts';
import { frameBytes, provingBytes, provingMs, type RelayLimits, wholeFrameBytes } from './limits.ts';

/** Milliseconds that connections have to close when the server ends. */
const closingMs = 1_000;

/** The WebSocket close code for a failure that may pass (IANA registry of RFC 6455, section 11.7: Try Again Later). */
const tryAgainLater = 1013;

/** What is needed to take agents in. */
export interface AcceptDeps {
  /** Base URL of this relay as the agent knows it: it is part of what it signs. */
  readonly urlOf: (request: IncomingMessage) => string;
  readonly store: Pick<ControllerStore, 'agent'>;
  readonly lines: AgentConnections;
  readonly limits: RelayLimits;
  readonly bytes: Budget;
  readonly trustProxy: TrustedProxies;
  /** Notes that an agent has proved itself; its connections elsewhere are to end. */
  accepted(agentId: AgentId): void;
  /** Notes that the connection of an agent has closed, and that it has no other here. */
  left(agentId: AgentId): void;
  /** Hears of a connection that has not proved whose it is: where it comes from, and whose it says to be. */
  refused(error: ParleyError, from: { readonly address: string; readonly agentId: AgentId | undefined }): void;
  /** Hears of a connection that was refused or ended because of a limit. */
  limitReached(limit: 'connections' | 'unfinished_frames', address: string): void;
}

/** A connection that is about to prove whose it is. */
interface Meeting {
  readonly relay: string;
  /** Whose it says to be. */
  agentId: AgentId | undefined;
}

/** Takes WebSocket upgrades in and makes agents' connections of those that prove whose they are. */
export class Acceptor {
  readonly #deps: AcceptDeps;
  readonly #server = takingFrames(frameBytes);
  readonly #serverOfWholeFrames = takingFrames(wholeFrameBytes);
  #unproven = 0;
  readonly #unprovenFrom: Shares = new Map();
  /** Lines of agents, by the address they come from. */
  readonly #linesFrom: Shares = new Map();
  #isClosed = false;

  constructor(deps: AcceptDeps) {
    this.#deps = deps;
  }

  /** True when there is room for another connection from `address`. */
  hasRoom(address: string): boolean {
    const { limits, lines } = this.#deps;
    const share = limits.shareOfAddress.connections;
    const fromThere = this.#unprovenFrom.get(address) ?? 0;
    const mayProve = this.#unproven < limits.unproven && fromThere < limits.unproven * share;
    const linesFromThere = this.#linesFrom.get(address) ?? 0;
    return mayProve && lines.size < limits.agents && linesFromThere < limits.agents * share;
  }

  /** Answers an upgrade to `/relay/connect`. Returns the status of the answer. */
  upgrade(request: IncomingMessage, raw: Duplex, head: Buffer): number {
    const address = addressOfUpgrade(request, this.#deps.trustProxy);
    if (!this.hasRoom(address)) {
      this.#deps.limitReached('connections', address);
      raw.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n\r\n', () => raw.destroy());
      return 503;
    }
    this.#unproven += 1;
    changeShare(this.#unprovenFrom, address, 1);
    let isUnproven = true;
    let received = head.length;
    const count = (chunk: Buffer) => {
      received += chunk.length;
      if (received > provingBytes) raw.destroy();
    };
    raw.on('data', count);
    const timeout = setTimeout(() => raw.destroy(), provingMs);
    const settle = () => {
      clearTimeout(timeout);
      raw.off('data', count);
      if (isUnproven) this.#forgetUnproven(address);
      isUnproven = false;
    };
    raw.once('close', settle);
    const server = offersParts(request) ? this.#server : this.#serverOfWholeFrames;
    let status = 400;
    server.handleUpgrade(request, raw, head, (socket) => {
      status = 101;
      // A frame that is too large or not one at all closes the connection by itself.
      socket.on('error', () => socket.terminate());
      socket.binaryType = 'arraybuffer';
      const meeting: Meeting = { relay: this.#deps.urlOf(request), agentId: undefined };
      void this.#meet(socket, meeting).then(
        (agentId) => {
          settle();
          if (socket.readyState !== socket.OPEN) return;
          const frames = this.#deps.bytes.frames.connection(address, () => {
            this.#deps.limitReached('unfinished_frames', address);
            raw.destroy();
          });
          // Before the frames are read: a whole one is not counted.
          raw.prependListener('data', (chunk: Buffer) => frames.add(chunk.length));
          changeShare(this.#linesFrom, address, 1);
          raw.once('close', () => {
            frames.whole();
            changeShare(this.#linesFrom, address, -1);
          });
          this.#welcome(agentId, socket, { frames, bytesRead: () => (raw instanceof Socket ? raw.bytesRead : 0) });
        },
        (cause: unknown) => {
          const error = asParleyError(cause, 'malformed_message');
          this.#deps.refused(error, { address, agentId: meeting.agentId });
          if (!isFinalRefusal(error.code)) {
            // An agent of any version takes a connection that closes without a word as one to make again.
            socket.close(tryAgainLater);
            return;
          }
          if (socket.readyState === socket.OPEN) {
            const { code, detail } = toldToOthers(error);
            socket.send(encodeFrame({ type: 'refused', code, detail }));
          }
          socket.close(4003, 'refused');
        },
      );
    });
    return status;
  }

  #forgetUnproven(address: string): void {
    this.#unproven -= 1;
    changeShare(this.#unprovenFrom, address, -1);
  }

  /** Takes nobody in any more; connections that do not close by themselves are ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const servers = [this.#server, this.#serverOfWholeFrames];
    for (const server of servers) server.close();
    const clients = () => servers.flatMap((server) => [...server.clients]);
    const end = Date.now() + closingMs;
    while (clients().length > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 25));
    for (const client of clients()) client.terminate();
  }

  #welcome(agentId: AgentId, socket: WebSocket, counted: Pick<AgentLink, 'frames' | 'bytesRead'>): void {
    if (this.#isClosed) socket.close();
    if (socket.readyState !== socket.OPEN) return;
    const { lines, limits, bytes, accepted, left, store } = this.#deps;
    const link = { ...counted, socket, hasParts: socket.protocol === withParts };
    const agent = new AgentSocket(agentId, link, limits, bytes, () => {
      lines.remove(agent);
      if (!lines.has(agentId)) left(agentId);
    });
    lines.add(agent);
    accepted(agentId);
    // A revocation between the look at the proof and now has found no line to end.
    store.agent(agentId).then(
      (record) => {
        if (record?.revoked !== undefined) agent.refuse(revoked());
      },
      // Nobody knows whether it was revoked: it proves itself again.
      () => socket.close(tryAgainLater),
    );
  }

  /**
   * Challenges a new connection and returns the agent that it has proved to be. Rejects with `malformed_message`,
   * `unknown_agent`, `certificate_revoked` or `signature_invalid`.
   */
  async #meet(socket: WebSocket, meeting: Meeting): Promise<AgentId> {
    const { store } = this.#deps;
    const { relay } = meeting;
    const nonce = new Uint8Array(randomBytes(32));
    const connection = randomBytes(16).toString('hex');
    const heard = firstMessage(socket);
    socket.send(encodeFrame({ type: 'challenge', connection, nonce: encodeBase64(nonce) }));
    const { header } = decodeToRelay(await heard);
    if (header.type !== 'prove' || !isAgentId(header.agent_id)) {
      throw new ParleyError('malformed_message', 'A connection begins with the agent’s proof.');
    }
    const agentId = header.agent_id;
    meeting.agentId = agentId;
    const record = await store.agent(agentId);
    if (record === undefined) {
      throw new ParleyError('unknown_agent', 'No agent of this agent_id has registered. Register, then connect.');
    }
    if (record.revoked !== undefined) throw revoked();
    const key = await readRsaPublicKey(record.signingSpki, 'signing');
    const claim = { agentId, relay, connection, nonce };
    if (key === undefined || !(await verifyRelayClaim(crypto.subtle, key.key, claim, decodeBase64(header.signature)))) {
      throw new ParleyError('signature_invalid', 'The proof is not this agent’s for this connection to this relay.');
    }
    return agentId;
  }
}

function offersParts({ headers }: IncomingMessage): boolean {
  const offered = headers['sec-websocket-protocol']?.split(',') ?? [];
  return offered.some((name) => name.trim() === withParts);
}

function takingFrames(maxPayload: number): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(withParts) ? withParts : ([...offered][0] ?? false)),
  });
}

/** Returns the refusal that a revoked agent gets. */
export function revoked(): ParleyError {
  return new ParleyError('certificate_revoked', 'This agent was revoked. Make new keys and register another agent_id.');
}

function firstMessage(socket: WebSocket): Promise<unknown> {
  return new Promise((resolve, reject) => {
    socket.once('message', (data: unknown, isBinary: boolean) => resolve(isBinary ? data : undefined));
    socket.once('close', () => reject(new ParleyError('malformed_message', 'The connection ended before its proof.')));
  });
}
