import type { Environment } from '../../protocol/crypto/environment.ts';
import type { Answer } from '../../protocol/session/exchange/exchange.ts';
import type { MessageContext } from '../../protocol/session/message-context.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { MessageBody } from '../../protocol/wire/envelope-form.ts';
import type { AuditRecorder } from '../audit/recorder.ts';
import type { Network } from '../contracts/ports.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import type { Logged, Patience, WireLog } from '../state/wire-log.ts';
import type { VerifiedPeers } from '../trust/verified-peers.ts';

/** How long an answer is waited for, and what the envelope carries. */
export interface Posting extends Patience, Pick<Logged, 'requestId' | 'carried' | 'logged'> {
  /** Called when the envelope goes out. */
  posted?(): void;
}

/** Carries the envelopes of a session to its peer. */
export interface Carrier {
  /** Returns what the session's messages are made and checked with: its trace and its evidence are kept. */
  contextOf(session: Session): MessageContext;
  /** Posts an envelope to the session's peer. Rejects with `peer_unreachable`, `invalid_answer`, `peer_key_changed`, or the reason of the signal. */
  post(session: Session, body: MessageBody, posting: Posting): Promise<Answer>;
}

/** What envelopes are carried with. */
export interface NetworkCarrierDeps {
  readonly environment: Environment;
  readonly network: Network;
  readonly wireLog: WireLog;
  readonly activity: ActivityLog;
  readonly verified: VerifiedPeers;
  readonly audit: AuditRecorder;
}

/** Posts the envelopes of sessions over the network, and counts and logs them. */
export class NetworkCarrier implements Carrier {
  readonly #deps: NetworkCarrierDeps;

  constructor(deps: NetworkCarrierDeps) {
    this.#deps = deps;
  }

  contextOf(session: Session): MessageContext {
    const { environment, activity, audit } = this.#deps;
    return {
      environment,
      observe: (event) => activity.trace(session.id, event),
      witness: (envelope) => audit.message(session.peer.agentId, envelope),
    };
  }

  async post(
    session: Session,
    body: MessageBody,
    { requestId, carried, logged, posted, ...patience }: Posting,
  ): Promise<Answer> {
    const { network, wireLog, activity, verified } = this.#deps;
    const peerId = session.peer.agentId;
    verified.requireDecided(peerId);
    const before = activity.session(session.id);
    if (before !== undefined) activity.updateSession(session.id, { sent: before.sent + 1 });
    const url = `${before?.peerAddress ?? ''}/agent/message`;
    const who = {
      ...{ peerId, sessionId: session.id },
      ...(requestId === undefined ? {} : { requestId }),
      ...(carried === undefined ? {} : { carried }),
      ...(logged === undefined ? {} : { logged }),
    };
    posted?.();
    const answer = await wireLog.post(network, url, body, who, patience);
    const after = activity.session(session.id);
    if (after !== undefined && answer.ok) activity.updateSession(session.id, { received: after.received + 1 });
    return answer;
  }
}
