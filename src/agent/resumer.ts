import * as v from 'valibot';
import { readBody } from '../http/body.ts';
import { asParleyError, type ErrorCode, ParleyError } from '../protocol/errors.ts';
import { Steps } from '../protocol/handshake/checks.ts';
import type { Step } from '../protocol/handshake/established.ts';
import {
  type AwaitingAccept,
  handleResumeAccept,
  initiateResumption,
} from '../protocol/handshake/resumption/initiator.ts';
import type { Session } from '../protocol/session/session.ts';
import { unobserved } from '../protocol/trace.ts';
import { parseJson } from '../protocol/wire/json.ts';
import { Attempt } from './attempt.ts';
import type { ConnectorParts } from './connector.ts';
import { postHandshake } from './handshake-post.ts';

/** After these, a full handshake is not the way on: a person decides, or there is no place for any session. */
const final: readonly ErrorCode[] = ['peer_key_changed', 'session_limit_reached'];

const statusDeadlineMs = 5_000;
const statusLimit = 4_096;
/** What of a session's status is read (protocol page, section 4). */
const sessionStatus = v.object({ status: v.string() });

/** Resumes sessions with peers in one round trip (protocol page, section 5): this agent is their client. */
export class Resumer {
  readonly #parts: ConnectorParts;

  constructor(parts: ConnectorParts) {
    this.#parts = parts;
  }

  /**
   * A resumed session with a peer; undefined when there is nothing to resume, or a full handshake is the way on. Rejects with
   * `peer_unreachable`, and nothing is used up, when the directory says that the peer is not there.
   */
  async resume(peerId: string): Promise<Session | undefined> {
    const { resumptions, verified, controller, revocations } = this.#parts;
    const record = resumptions.withPeer(peerId);
    if (record === undefined) return undefined;
    verified.requireDecided(peerId);
    const { environment } = this.#parts.context(unobserved);
    const attempt = new Attempt(this.#parts, environment);
    const steps = new Steps(environment, attempt.observe, 'RESUME_HELLO');
    const [entry] = await Promise.all([
      // A Controller that cannot be asked is no reason not to try where the peer was last.
      steps.operation('look_up_peer', () => controller.agent(peerId).catch(() => undefined)),
      steps.operation('fetch_revocation_list', () => revocations.refresh()),
    ]);
    // A record works once: it is not spent on a peer of whom it is known that nobody would answer.
    if (entry?.online === false) throw new ParleyError('peer_unreachable', `${peerId} is not there. Nothing was sent.`);
    let begun: Step<AwaitingAccept>;
    try {
      attempt.startClock();
      begun = await initiateResumption(this.#parts.context(attempt.observe), this.#parts.identity, record);
    } catch (cause) {
      const error = asParleyError(cause);
      if (error.code === 'certificate_revoked') await resumptions.forget(record.sessionId, peerId);
      if (final.includes(error.code)) throw error;
      return undefined;
    }
    try {
      return await this.#finish(attempt, begun, entry?.address);
    } catch {
      // What stopped it may be anybody's word. What this agent has found itself holds.
      verified.requireDecided(peerId);
      return undefined;
    }
  }

  /**
   * What a peer says of the session that could be resumed: that it lives, is over, or is not known there, as after a restart.
   * Anybody on the wire can have said it: it only decides who resumes first.
   */
  async standingAt(peerId: string): Promise<'alive' | 'over' | 'unknown' | undefined> {
    const { network, resumptions, controller } = this.#parts;
    const record = resumptions.withPeer(peerId);
    const entry = await controller.agent(peerId).catch(() => undefined);
    if (record === undefined || entry?.online !== true) return undefined;
    try {
      const request = new Request(`${entry.address}/agent/session/${record.sessionId}`);
      const response = await network.send(request, statusDeadlineMs);
      if (response.status === 404) return 'unknown';
      const status = v.safeParse(sessionStatus, parseJson(await readBody(response, statusLimit), statusLimit));
      if (!response.ok || !status.success) return undefined;
      return status.output.status === 'ESTABLISHED' ? 'alive' : 'over';
    } catch {
      return undefined;
    }
  }

  async #finish(
    attempt: Attempt,
    { state, body }: Step<AwaitingAccept>,
    listedAt: string | undefined,
  ): Promise<Session> {
    const { sessions, verified, memory } = this.#parts;
    const { sessionId, record, peer } = state;
    const { observe } = attempt;
    const context = this.#parts.context(observe);
    const address = listedAt ?? peer.address;
    const { agentId: peerId } = peer;
    attempt.begin(sessionId, { peerId, peerAddress: address, resumes: record.sessionId });
    const to = { address, peerId, sessionId, observe };
    try {
      return await sessions.making(sessionId, async () => {
        const answer = await postHandshake(this.#parts, context.environment, to, body);
        const established = await handleResumeAccept(context, state, answer);
        // The person may have marked another key meanwhile.
        await verified.requireUnchanged(established.peer);
        return attempt.succeeded(this.#parts, established);
      });
    } catch (cause) {
      throw attempt.failed(cause);
    } finally {
      memory.settle(sessionId);
    }
  }
}
