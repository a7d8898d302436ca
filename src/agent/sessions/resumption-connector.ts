import * as v from 'valibot';
import { readBody } from '../../http/body.ts';
import { unixSeconds } from '../../protocol/crypto/environment.ts';
import { asParleyError, type ErrorCode, ParleyError } from '../../protocol/errors.ts';
import type { HandshakeStep } from '../../protocol/handshake/established.ts';
import {
  type AwaitingAccept,
  handleResumeAccept,
  initiateResumption,
} from '../../protocol/handshake/resumption/initiator.ts';
import type { ResumptionRecord } from '../../protocol/handshake/resumption/record.ts';
import { limits } from '../../protocol/limits.ts';
import type { Session } from '../../protocol/session/session.ts';
import { unobserved } from '../../protocol/trace/events.ts';
import { StepRecorder } from '../../protocol/trace/step-recorder.ts';
import { parseJson } from '../../protocol/wire/json.ts';
import { readProblem } from '../../protocol/wire/parse.ts';
import { type CertifiedPeer, findCertifiedPeer } from '../controller/certified-peer.ts';
import { Attempt } from './attempt.ts';
import type { ConnectorDeps } from './connector-deps.ts';
import { postHandshake } from './handshake-post.ts';

/** After these, a full handshake is not the way on: a person decides, or there is no place for any session. */
const final: readonly ErrorCode[] = ['peer_key_changed', 'session_limit_reached'];

/** Codes of a peer that nothing came from. */
const unanswered: readonly ErrorCode[] = ['peer_unreachable', 'tls_untrusted'];

/** Milliseconds for which the session of a peer that resumes at the same moment is waited for (protocol page, section 5). */
const theirTurnMs = 1_000 * limits.resumptionTurn;
const statusDeadlineMs = 5_000;
const statusLimit = 4_096;
/** What of a session's status is read (protocol page, section 4). */
const sessionStatus = v.object({ status: v.string() });

type Standing = 'alive' | 'over' | 'unknown';

/** Resumes sessions with peers in one round trip (protocol page, section 5): this agent is their client. */
export class Resumer {
  readonly #deps: ConnectorDeps;

  constructor(deps: ConnectorDeps) {
    this.#deps = deps;
  }

  /**
   * Returns a resumed session with a peer, also one that the peer resumes at the same moment; undefined when there is
   * nothing to resume, or a full handshake has to follow. Rejects with `peer_unreachable`, and nothing is used up,
   * when nobody answers for the peer.
   */
  async resume(peerId: string): Promise<Session | undefined> {
    const { resumptions, verified, watch, sessions } = this.#deps;
    const record = resumptions.withPeer(peerId);
    if (record === undefined) return undefined;
    verified.requireDecided(peerId);
    const before = sessions.withPeer(peerId);
    const { environment } = this.#deps.context(unobserved);
    const attempt = new Attempt(this.#deps, environment);
    const steps = new StepRecorder(environment, attempt.observe, 'RESUME_HELLO');
    await steps.operation('fetch_revocation_list', () => watch.refresh());
    const listed = await steps.operation('look_up_peer', () => this.#lookUp(peerId));
    await this.#requireThere(record, listed);
    let begun: HandshakeStep<AwaitingAccept>;
    try {
      attempt.startClock();
      const context = {
        ...this.#deps.resumptionContext(attempt.observe),
        resumptions: resumptions.forOwnHello(),
      };
      begun = await initiateResumption(context, this.#deps.identity, record);
    } catch (cause) {
      const error = asParleyError(cause);
      if (error.code === 'certificate_revoked') await resumptions.forget(record.sessionId, peerId);
      if (final.includes(error.code)) throw error;
      // The peer's own hello, or another run of this agent, has used the record up meanwhile.
      return error.code === 'resumption_unknown' ? this.#theirs(peerId, before) : undefined;
    }
    try {
      return await this.#finish(attempt, begun, listed?.peer.address);
    } catch (cause) {
      // What stopped it may be anybody's word. What this agent has found itself holds.
      verified.requireDecided(peerId);
      const isAnswered = !unanswered.includes(asParleyError(cause).code);
      return record.role === 'server' && isAnswered ? await this.#theirs(peerId, before) : undefined;
    } finally {
      resumptions.settle(record.id);
    }
  }

  /**
   * Returns the session that the peer makes with its own hello: when both sides resume at once, the former client's
   * stands and the other side waits (protocol page, section 5). Undefined when none has come in time.
   */
  async #theirs(peerId: string, before: Session | undefined): Promise<Session | undefined> {
    const { sessions } = this.#deps;
    const made = () => {
      const youngest = sessions.withPeer(peerId);
      return youngest === before ? undefined : youngest;
    };
    if (made() === undefined) await sessions.nextWithPeer(peerId, theirTurnMs);
    return made();
  }

  /**
   * Returns what the directory says and the certificates bear out; undefined when it says nothing that can be used:
   * the record's certificates name an address too. Rejects with `identity_mismatch` for an entry that contradicts its
   * certificates.
   */
  async #lookUp(peerId: string): Promise<CertifiedPeer | undefined> {
    const { environment, verifyCertificates } = this.#deps.context(unobserved);
    const now = unixSeconds(environment);
    try {
      return await findCertifiedPeer(this.#deps.controller, verifyCertificates, peerId, now);
    } catch (cause) {
      if (asParleyError(cause).code === 'identity_mismatch') throw cause;
      // No Controller, or certificates that are refused: those of the record are checked by themselves.
      return undefined;
    }
  }

  /**
   * Rejects with `peer_unreachable` unless the peer is there: a record works once, so it is not spent on a peer at
   * whose address nobody answers. One of this installation is there when the directory calls it online; any other is
   * asked, whatever `online` says (protocol page, section 6).
   */
  async #requireThere(record: ResumptionRecord, listed: CertifiedPeer | undefined): Promise<void> {
    if (listed?.isOnline === true) return;
    const address = listed?.peer.address ?? (await this.#certifiedAddress(record));
    if (address !== undefined && (await this.#statusAt(address, record.sessionId)) === undefined) {
      throw new ParleyError('peer_unreachable', `${record.peerId} does not answer. Nothing was sent.`);
    }
  }

  async #certifiedAddress(record: ResumptionRecord): Promise<string | undefined> {
    const { environment, verifyCertificates } = this.#deps.resumptionContext(unobserved);
    try {
      return (await verifyCertificates(record.peerCertificates, unixSeconds(environment))).address;
    } catch {
      // The same check refuses the resumption itself, by its code.
      return undefined;
    }
  }

  /**
   * Returns what a peer says of the session that could be resumed: that it lives, has ended, or is not known there,
   * as after a restart. Anybody on the wire can have said it: it only decides who resumes first.
   */
  async standingAt(peerId: string): Promise<Standing | undefined> {
    const record = this.#deps.resumptions.withPeer(peerId);
    if (record === undefined) return undefined;
    await this.#deps.watch.refresh();
    const listed = await this.#lookUp(peerId).catch(() => undefined);
    const address = listed?.peer.address ?? (await this.#certifiedAddress(record));
    return address === undefined ? undefined : this.#statusAt(address, record.sessionId);
  }

  /** Returns what an agent answers for a session; undefined when no agent answers. */
  async #statusAt(address: string, sessionId: string): Promise<Standing | undefined> {
    try {
      const request = new Request(`${address}/agent/session/${sessionId}`);
      const response = await this.#deps.network.send(request, statusDeadlineMs);
      const body = await readBody(response, statusLimit);
      // A relay answers too, for an agent that is not there.
      if (response.status === 404)
        return readProblem(body, statusLimit)?.code === 'unknown_session' ? 'unknown' : undefined;
      const status = v.safeParse(sessionStatus, parseJson(body, statusLimit));
      if (!response.ok || !status.success) return undefined;
      return status.output.status === 'ESTABLISHED' ? 'alive' : 'over';
    } catch {
      // No network, half a body, no JSON, too long: no agent of parley/1 has answered.
      return undefined;
    }
  }

  async #finish(
    attempt: Attempt,
    { state, body }: HandshakeStep<AwaitingAccept>,
    listedAt: string | undefined,
  ): Promise<Session> {
    const { sessions, verified, memory } = this.#deps;
    const { sessionId, record, peer } = state;
    const { observe } = attempt;
    const context = this.#deps.context(observe);
    const address = listedAt ?? peer.address;
    const { agentId: peerId } = peer;
    attempt.begin(sessionId, { peerId, peerAddress: address, resumes: record.sessionId });
    const to = { address, peerId, sessionId, observe };
    try {
      return await sessions.making(sessionId, async () => {
        const answer = await postHandshake(this.#deps, context.environment, to, body);
        const established = await handleResumeAccept(context, state, answer);
        // The person may have marked another key meanwhile.
        await verified.requireUnchanged(established.peer);
        return attempt.succeeded(this.#deps, established);
      });
    } catch (cause) {
      throw attempt.failed(cause);
    } finally {
      memory.settle(sessionId);
    }
  }
}
