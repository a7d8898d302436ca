import { unixSeconds } from '../../protocol/crypto/environment.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import {
  abandonHandshake,
  handleServerHello,
  handleSessionEstablished,
  initiateHandshake,
} from '../../protocol/handshake/full/initiator.ts';
import type { Session } from '../../protocol/session/session.ts';
import { unobserved } from '../../protocol/trace/events.ts';
import { StepRecorder } from '../../protocol/trace/step-recorder.ts';
import { type CertifiedPeer, findCertifiedPeer } from '../controller/certified-peer.ts';
import { Attempt } from './attempt.ts';
import type { ConnectorDeps } from './connector-deps.ts';
import { postHandshake } from './handshake-post.ts';
import { Resumer } from './resumption-connector.ts';

/** Milliseconds that the server of a session gives its client, which goes first. */
export const clientFirstMs = 1_500;

/** Handshakes that follow one that was lost on the way to the peer. */
const mostRepeats = 3;
/** Milliseconds before the next one, at most. */
const longestPauseMs = 3_000;

/** Makes sessions with peers of the directory: this agent is their client. */
export class Connector {
  readonly #deps: ConnectorDeps;
  readonly #resumer: Resumer;
  readonly #underWay = new Map<string, Promise<Session>>();
  #isStopped = false;

  constructor(deps: ConnectorDeps) {
    this.#deps = deps;
    this.#resumer = new Resumer(deps);
  }

  /**
   * Returns a new session with `peerId`: resumed where that is possible, else by a full handshake (protocol page,
   * sections 5 and 3). Calls while one is being made share it. Rejects with the code that stopped it.
   */
  connect(peerId: string): Promise<Session> {
    return this.#once(peerId, async () => {
      const theirs = await this.#clientsFirst(peerId);
      if (theirs !== undefined) return theirs;
      const resumed = await this.#resumer.resume(peerId).catch((cause: unknown) => {
        // The peer may have come meanwhile: a handshake finds out, and the record is not used up by it.
        if (asParleyError(cause).code !== 'peer_unreachable') throw cause;
        return undefined;
      });
      return resumed ?? this.#handshake(peerId);
    });
  }

  /**
   * Works as `connect`, but only to a peer that is there. Rejects with `peer_unreachable` when it is not, and uses
   * nothing up.
   */
  async resume(peerId: string): Promise<void> {
    await this.#once(peerId, async () => (await this.#resumer.resume(peerId)) ?? this.#handshake(peerId));
  }

  /** True when a peer says that the session which could be resumed lives on its side; see `Resumer.standingAt`. */
  async isAliveAt(peerId: string): Promise<boolean> {
    return (await this.#resumer.standingAt(peerId)) === 'alive';
  }

  /**
   * Returns the session that the former client resumes when both sides have come back at once: two at once would use
   * up one record.
   */
  async #clientsFirst(peerId: string): Promise<Session | undefined> {
    const { sessions, resumptions } = this.#deps;
    const record = resumptions.withPeer(peerId);
    if (record?.role !== 'server' || sessions.isKnown(record.sessionId)) return undefined;
    if ((await this.#resumer.standingAt(peerId)) !== 'unknown') return sessions.withPeer(peerId);
    if (sessions.withPeer(peerId) === undefined) await sessions.nextWithPeer(peerId, clientFirstMs);
    return sessions.withPeer(peerId);
  }

  /** True while a session with `peerId` is being made by this agent. */
  isConnecting(peerId: string): boolean {
    return this.#underWay.has(peerId);
  }

  /** Makes no more sessions: another run of this agent may use its keys and records from now on. */
  stop(): void {
    this.#isStopped = true;
  }

  #once(peerId: string, make: () => Promise<Session>): Promise<Session> {
    const underWay = this.#underWay.get(peerId);
    if (underWay !== undefined) return underWay;
    const made = async () => {
      this.#requireRunning();
      return make().catch((cause: unknown) => {
        throw this.#deps.clock.blame(cause);
      });
    };
    const attempt = made().finally(() => this.#underWay.delete(peerId));
    this.#underWay.set(peerId, attempt);
    return attempt;
  }

  #requireRunning(): void {
    if (this.#isStopped) throw new ParleyError('not_registered', 'This agent has been stopped. Nothing was sent.');
  }

  async #handshake(peerId: string): Promise<Session> {
    for (let repeats = 0; ; repeats += 1) {
      try {
        return await this.#attempt(peerId);
      } catch (error) {
        const { code, retryAfter } = asParleyError(error);
        // The peer renewed its certificate between the look-up and the hello: once more with what the directory says now.
        const isRenewed = code === 'stale_recipient_key' && repeats < 1;
        // A relay lost the peer's connection, or another relay, on the way: a new hello, for none is taken twice.
        const isLost = code === 'peer_unreachable' && retryAfter !== undefined && repeats < mostRepeats;
        if (!isRenewed && !isLost) throw error;
        if (isLost) await this.#deps.pauses.of(Math.min(longestPauseMs, retryAfter * 1_000));
      }
    }
  }

  async #attempt(peerId: string): Promise<Session> {
    const { identity, sessions, watch, verified } = this.#deps;
    verified.requireDecided(peerId);
    const { environment } = this.#deps.context(unobserved);
    const attempt = new Attempt(this.#deps, environment);
    const { observe } = attempt;
    const context = this.#deps.context(observe);
    const steps = new StepRecorder(environment, observe, 'CLIENT_HELLO');
    await steps.operation('fetch_revocation_list', () => watch.refresh());
    const { peer } = await steps.operation('look_up_peer', () => this.#lookUp(peerId));
    const { address } = peer;
    this.#requireRunning();
    attempt.startClock();
    const hello = await initiateHandshake(context, identity, peer);
    const { sessionId } = hello.state;
    attempt.begin(sessionId, { peerId, peerAddress: address });
    const to = { address, peerId, sessionId, observe };
    try {
      return await sessions.making(sessionId, async () => {
        const answer = await postHandshake(this.#deps, environment, to, hello.body);
        const confirm = await handleServerHello(context, hello.state, answer);
        const confirmed = await postHandshake(this.#deps, environment, to, confirm.body);
        const established = await handleSessionEstablished(context, confirm.state, confirmed);
        // The person may have marked another key meanwhile.
        await verified.requireUnchanged(established.peer);
        return attempt.succeeded(this.#deps, established);
      });
    } catch (cause) {
      throw attempt.failed(cause);
    } finally {
      abandonHandshake(hello.state);
      this.#deps.memory.settle(sessionId);
    }
  }

  #lookUp(peerId: string): Promise<CertifiedPeer> {
    const { environment, verifyCertificates } = this.#deps.context(unobserved);
    return findCertifiedPeer(this.#deps.controller, verifyCertificates, peerId, unixSeconds(environment));
  }
}
