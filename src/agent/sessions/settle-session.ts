import type { Established } from '../../protocol/handshake/established.ts';
import type { VerifyCertificates } from '../../protocol/handshake/identity.ts';
import { limits } from '../../protocol/limits.ts';
import { Session } from '../../protocol/session/session.ts';
import type { HandshakeNotes } from '../audit/entry/handshake-notes.ts';
import type { AuditRecorder } from '../audit/recorder.ts';
import type { SessionView } from '../contracts/views.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import type { SessionLimits } from './handshake-memory.ts';
import type { PeerIdentities } from './peer-identities.ts';
import type { Resumptions } from './resumptions.ts';
import type { RevocationWatch } from './revocation-watch.ts';
import type { SessionTable } from './session-table.ts';

/** What a new session is entered into. */
export interface SettlingDeps {
  readonly activity: ActivityLog;
  readonly sessions: SessionTable;
  readonly resumptions: Resumptions;
  readonly audit: AuditRecorder;
  readonly identities: PeerIdentities;
  readonly watch: RevocationWatch;
  /** How many sessions one peer may have. */
  readonly limits: SessionLimits;
  /** The check of the peer's certificates by which a handshake that is under way goes on. */
  readonly verifyGoingOn: VerifyCertificates;
  /** Resolves when what was added to the audit trail so far is written, or cannot be. */
  written(): Promise<void>;
}

/**
 * Makes a session of what a handshake or a resumption has established: in the audit trail first, then to be resumed, and only
 * then used. So no message stands in the trail before its session, and nothing is resumed that does not stand there. The peer's
 * certificates are checked against the newest CRL first, and again in the step that makes the session (protocol page, section 3).
 * Rejects with the code of that check, and with `not_registered` when the agent was stopped meanwhile.
 */
export async function settleSession(
  { activity, sessions, resumptions, audit, identities, watch, verifyGoingOn, limits: share, written }: SettlingDeps,
  established: Established,
  view: Omit<SessionView, 'status'>,
  notes: HandshakeNotes,
): Promise<Session> {
  const { certificates } = established.peer;
  const most = share.sessionsPerPeer ?? limits.sessionsPerPeer;
  await watch.whenGood(verifyGoingOn, certificates, () => undefined);
  const session = new Session({ ...established, peer: identities.shared(established.peer) });
  const { createdAt, expiresAt, keyFingerprint, peer } = session;
  const made: SessionView = {
    ...view,
    peerId: peer.agentId,
    status: 'ESTABLISHED',
    createdAt,
    expiresAt,
    keyFingerprint,
  };
  // Only now: until its signature was verified, anybody could have shown the certificates of anybody.
  audit.peerCertificates(peer);
  audit.established(made, notes);
  await written();
  // A full handshake replaces what its side could have resumed: what is left of it is of no use to anybody else either.
  if (made.resumes === undefined) await resumptions.forgetReplaced(session).catch(() => undefined);
  await resumptions.keep(session, made.resumes);
  try {
    return await watch.whenGood(verifyGoingOn, certificates, () => {
      sessions.requireOpen();
      sessions.makePlace(peer, most);
      activity.putSession(made);
      if (made.resumes !== undefined) sessions.retire(made.resumes);
      sessions.establish(session);
      return session;
    });
  } catch (cause) {
    session.end('CLOSED');
    await resumptions.forget(session.id, peer.agentId).catch(() => undefined);
    throw cause;
  }
}
