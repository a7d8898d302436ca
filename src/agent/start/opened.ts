import { unixSeconds } from '../../protocol/crypto/environment.ts';
import type { CertificatePair, VerifyCertificates } from '../../protocol/handshake/identity.ts';
import type { ResumptionContext } from '../../protocol/handshake/resumption/record.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { Observer } from '../../protocol/trace/events.ts';
import { type Auditing, startAudit } from '../audit/audit-trail-api.ts';
import type { HistoryKeys } from '../contracts/history-store.ts';
import type { CertificateChecks } from '../controller/certificate-checks.ts';
import type { OwnCertificates } from '../controller/own-certificates.ts';
import { loadOrCreateHistoryKeys } from '../history/keys.ts';
import { RequestMemory } from '../messages/request-memory.ts';
import { AgentHandshakeMemory } from '../sessions/handshake-memory.ts';
import { Resumptions } from '../sessions/resumptions.ts';
import { SessionTable } from '../sessions/session-table.ts';
import { VerifiedPeers } from '../trust/verified-peers.ts';
import type { Acquired } from './acquired.ts';
import { startHistoryService } from './history-service.ts';
import type { StartDeps } from './ready-agent.ts';

/** The audit trail, and the keys of everything that is stored encrypted. */
export interface Trail {
  readonly keys: HistoryKeys;
  readonly auditing: Auditing;
  /** Lets the trail hear no more of sessions. */
  unfollow(): void;
}

/** Takes the audit trail up; from here on it hears of what happens in sessions. */
export async function openTrail(deps: StartDeps, acquired: Acquired): Promise<Trail> {
  const { agentId, signing } = deps.stored;
  const keys = await loadOrCreateHistoryKeys(deps.store, deps.environment.subtle);
  const auditing = await startAudit({ ...deps, agentId, keys, signingKey: signing.privateKey });
  acquired.add(() => auditing.stop());
  const unfollow = deps.activity.follow(auditing.recorder);
  acquired.add(unfollow);
  return { keys, auditing, unfollow };
}

export type Peers = Awaited<ReturnType<typeof loadPeers>>;

/** Loads what is remembered of peers: the marks on their keys, what resumes sessions with them, and the hellos that were seen. */
export async function loadPeers(deps: StartDeps, { auditing }: Trail, checks: CertificateChecks, acquired: Acquired) {
  const { store, environment, activity, scheduler, emit, limits } = deps;
  const now = () => unixSeconds(environment);
  const verified = new VerifiedPeers({ store, environment, emit, audit: auditing.recorder });
  await verified.load();
  const resumptions = await Resumptions.load(store, environment);
  acquired.add(() => resumptions.close());
  const epochBegun = (session: Session) => void resumptions.keep(session);
  const sessions = new SessionTable({ activity, scheduler, now, epochBegun });
  acquired.add(() => sessions.close());
  const memory = new AgentHandshakeMemory({
    store,
    now,
    room: () => sessions.room(),
    limits,
    showsVerifiedKey: (signing) => verified.isMarked(signing),
  });
  await memory.load();
  const verifyUnchanged = verified.guard(checks.verifyCertificates);
  const verifyResumed = verified.guard(checks.verifyGoingOn);
  const contextBy =
    (verifyCertificates: VerifyCertificates) =>
    (observe: Observer): ResumptionContext => ({ environment, observe, verifyCertificates, memory, resumptions });
  return {
    verified,
    resumptions,
    sessions,
    memory,
    context: contextBy(verifyUnchanged),
    resumptionContext: contextBy(verifyResumed),
    /** Looks at a pair of certificates. Those that are refused anyway say nothing about a key. */
    notice: (pair: CertificatePair) => verifyUnchanged(pair, now()).then(doNothing, doNothing),
  };
}

type OpenHistory = Awaited<ReturnType<typeof openHistory>>;

/** Opens the history, with which the audit trail is written from here on, and what is remembered of requests. */
export async function openHistory(deps: StartDeps, { keys, auditing }: Trail, peers: Peers, acquired: Acquired) {
  const { agentId } = deps.stored;
  const service = await startHistoryService({ ...deps, agentId, keys, companion: auditing.companion });
  acquired.add(() => service.stop());
  const { sessions, resumptions } = peers;
  const audit = auditing.attach(
    service.history,
    () => new Set([...sessions.alive().map(({ id }) => id), ...resumptions.all().map(({ sessionId }) => sessionId)]),
  );
  return { service, audit, requests: await RequestMemory.load(deps) };
}

/** What messaging stands on. */
export interface Opened {
  readonly trail: Trail;
  readonly checks: CertificateChecks;
  readonly own: OwnCertificates;
  readonly peers: Peers;
  readonly history: OpenHistory;
}

function doNothing(): void {}
