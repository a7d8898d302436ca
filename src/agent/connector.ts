import type { Bytes } from '../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { Steps } from '../protocol/handshake/checks.ts';
import type { HandshakeContext } from '../protocol/handshake/context.ts';
import type { OwnIdentity, PeerIdentity } from '../protocol/handshake/identity.ts';
import {
  abandonHandshake,
  handleServerHello,
  handleSessionEstablished,
  initiateHandshake,
} from '../protocol/handshake/initiator.ts';
import type { Session } from '../protocol/session/session.ts';
import type { Observer, TraceEvent } from '../protocol/trace.ts';
import { limits } from '../protocol/wire/limits.ts';
import { readProblem } from '../protocol/wire/parse.ts';
import type { ControllerClient } from './controller-client.ts';
import type { AgentHandshakeMemory } from './handshake-memory.ts';
import type { Network } from './ports.ts';
import { failureView, type Records } from './records.ts';
import type { Revocations } from './revocations.ts';
import type { SessionTable } from './session-table.ts';
import type { VerifiedPeers } from './verified-peers.ts';
import type { WireLog } from './wire-log.ts';

const handshakeDeadlineMs = 15_000;

/** What the connector works with. */
export interface ConnectorParts {
  readonly identity: OwnIdentity;
  readonly controller: ControllerClient;
  readonly revocations: Revocations;
  readonly network: Network;
  readonly wireLog: WireLog;
  readonly records: Records;
  readonly sessions: SessionTable;
  readonly memory: AgentHandshakeMemory;
  readonly verified: VerifiedPeers;
  /** The handshake's context for one observer. */
  context(observe: Observer): HandshakeContext;
}

/** Makes sessions with peers of the directory: this agent is their client. */
export class Connector {
  readonly #parts: ConnectorParts;
  readonly #underWay = new Map<string, Promise<Session>>();

  constructor(parts: ConnectorParts) {
    this.#parts = parts;
  }

  /** A new session with `peerId`. Calls while one is being made share it. Rejects with the code that stopped it. */
  connect(peerId: string): Promise<Session> {
    const underWay = this.#underWay.get(peerId);
    if (underWay !== undefined) return underWay;
    const attempt = this.#connect(peerId).finally(() => this.#underWay.delete(peerId));
    this.#underWay.set(peerId, attempt);
    return attempt;
  }

  async #connect(peerId: string): Promise<Session> {
    try {
      return await this.#attempt(peerId);
    } catch (error) {
      // The peer renewed its certificate between the look-up and the hello: once more with what the directory says now.
      if (error instanceof ParleyError && error.code === 'stale_recipient_key') return this.#attempt(peerId);
      throw error;
    }
  }

  async #attempt(peerId: string): Promise<Session> {
    const { identity, records, sessions, revocations, verified } = this.#parts;
    verified.requireDecided(peerId);
    const early: TraceEvent[] = [];
    let sessionId: string | undefined;
    const observe: Observer = (event) => {
      if (sessionId === undefined) early.push(event);
      else records.trace(sessionId, event);
    };
    const context = this.#parts.context(observe);
    const { environment } = context;
    const steps = new Steps(environment, observe, 'CLIENT_HELLO');
    await steps.operation('fetch_revocation_list', () => revocations.refresh());
    const { peer, address } = await steps.operation('look_up_peer', () => this.#lookUp(peerId));
    const started = environment.monotonic();
    const hello = await initiateHandshake(context, identity, peer);
    const id = hello.state.sessionId;
    sessionId = id;
    const createdAt = Math.floor(environment.now() / 1000);
    records.putSession({
      sessionId: id,
      peerId,
      peerAddress: address,
      role: 'client',
      status: 'HANDSHAKING',
      createdAt,
      expiresAt: createdAt + limits.halfOpen,
      sent: 0,
      received: 0,
      unreachable: false,
    });
    for (const event of early) records.trace(id, event);
    try {
      const confirm = await handleServerHello(
        context,
        hello.state,
        await this.#post(address, hello.body, peerId, id, observe),
      );
      const answer = await this.#post(address, confirm.body, peerId, id, observe);
      const established = await handleSessionEstablished(context, confirm.state, answer);
      // The person may have marked another key meanwhile.
      await verified.requireUnchanged(established.peer);
      const session = sessions.establish(established);
      records.updateSession(id, {
        status: 'ESTABLISHED',
        createdAt: session.createdAt,
        expiresAt: session.expiresAt,
        handshakeMs: environment.monotonic() - started,
        keyFingerprint: session.keyFingerprint,
      });
      return session;
    } catch (cause) {
      const error = asParleyError(cause);
      observe({ kind: 'failed', at: environment.monotonic(), code: error.code, detail: error.detail });
      records.updateSession(id, {
        status: 'FAILED',
        failure: failureView(error),
        handshakeMs: environment.monotonic() - started,
      });
      throw error;
    } finally {
      abandonHandshake(hello.state);
      this.#parts.memory.settle(id);
    }
  }

  /** The peer's certificates from the directory, checked before anything is encrypted to them. */
  async #lookUp(peerId: string): Promise<{ readonly peer: PeerIdentity; readonly address: string }> {
    const entry = await this.#parts.controller.agent(peerId);
    const { environment, verifyCertificates } = this.#parts.context(() => undefined);
    const peer = await verifyCertificates(entry.certificate, Math.floor(environment.now() / 1000));
    if (peer.agentId !== peerId || entry.agent_id !== peerId) {
      throw new ParleyError(
        'identity_mismatch',
        'The directory gave the certificate of another agent. Nothing was sent.',
      );
    }
    return { peer, address: entry.address };
  }

  async #post(address: string, body: Bytes, peerId: string, sessionId: string, observe: Observer): Promise<Bytes> {
    const { network, wireLog, verified } = this.#parts;
    verified.requireDecided(peerId);
    const who = { peerId, sessionId };
    const answer = await wireLog.post(network, `${address}/agent/handshake`, body, who, handshakeDeadlineMs);
    if (answer.ok) return answer.body;
    const { environment } = this.#parts.context(observe);
    observe({
      kind: 'message',
      at: environment.monotonic(),
      direction: 'received',
      message: 'PROBLEM',
      body: new TextDecoder().decode(answer.body.subarray(0, 4_096)),
      size: answer.body.length,
    });
    const problem = readProblem(answer.body, limits.handshakeBody);
    if (problem === undefined) {
      throw new ParleyError('invalid_answer', 'The peer’s address answered with something that is not parley/1.');
    }
    throw new ParleyError(problem.code, problem.detail, problem.now === undefined ? {} : { now: problem.now });
  }
}
