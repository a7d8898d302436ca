import { toHex } from '../../protocol/bytes.ts';
import { unixSeconds } from '../../protocol/crypto/environment.ts';
import type { CertificatePair, VerifyCertificates } from '../../protocol/handshake/identity.ts';
import type { ResumptionContext } from '../../protocol/handshake/resumption/record.ts';
import type { Session } from '../../protocol/session/session.ts';
import type { Observer } from '../../protocol/trace/events.ts';
import { type Auditing, startAudit } from '../audit/audit-trail-api.ts';
import type { HistoryKeys } from '../contracts/history-store.ts';
import { type CertificateChecks, certificateChecks } from '../controller/certificate-checks.ts';
import { exportSpki } from '../controller/identity.ts';
import { OwnCertificates } from '../controller/own-certificates.ts';
import { Presence } from '../controller/presence.ts';
import type { StartedGroups } from '../groups/start-groups.ts';
import { groupsNotOpen } from '../groups/unavailable.ts';
import { loadOrCreateHistoryKeys } from '../history/keys.ts';
import { Answerers } from '../messages/answerers.ts';
import { awayOf } from '../messages/away.ts';
import { NetworkCarrier, type NetworkCarrierDeps } from '../messages/carrier.ts';
import { Inbox, type InboxDeps } from '../messages/inbox.ts';
import { KeyUpdater, type KeyUpdaterDeps } from '../messages/key-updater.ts';
import { LostAnswers, type LostAnswersDeps } from '../messages/lost-answers.ts';
import { MessageExchange } from '../messages/message-exchange.ts';
import { Outbox, type OutboxDeps } from '../messages/outbox.ts';
import { OwnMethods } from '../messages/own-methods.ts';
import { PeerCalls } from '../messages/peer-calls.ts';
import { RequestMemory } from '../messages/request-memory.ts';
import { createAgentApp } from '../serve/agent-app.ts';
import { Connector } from '../sessions/connector.ts';
import { AgentHandshakeMemory } from '../sessions/handshake-memory.ts';
import { Pauses } from '../sessions/pauses.ts';
import { PeerIdentities } from '../sessions/peer-identities.ts';
import { Resumptions } from '../sessions/resumptions.ts';
import { RevocationWatch } from '../sessions/revocation-watch.ts';
import { SessionTable } from '../sessions/session-table.ts';
import { WireLog } from '../state/wire-log.ts';
import { SafetyNumbers } from '../trust/safety-numbers.ts';
import { VerifiedPeers } from '../trust/verified-peers.ts';
import { type Acquired, acquiring } from './acquired.ts';
import { type Background, startBackground } from './background.ts';
import { openGroups } from './groups.ts';
import { startHistoryService } from './history-service.ts';
import type { ReadyAgent, StartDeps } from './ready-agent.ts';

/**
 * Starts a registered agent. Throws `storage_failed`, and the codes of the check of its own certificates; then nothing is left at work.
 */
export function startAgent(deps: StartDeps): Promise<ReadyAgent> {
  return acquiring(async (acquired) => {
    const trail = await openTrail(deps, acquired);
    const checks = certificateChecks({
      controller: deps.controller,
      caCertificate: deps.registration.caCertificate,
      now: () => unixSeconds(deps.environment),
    });
    await checks.revocations.refresh(true);
    const own = await OwnCertificates.check({
      ...deps,
      checks,
      accepted: (certificates) => trail.auditing.recorder.certificates(certificates),
    });
    const peers = await loadPeers(deps, trail, checks, acquired);
    const history = await openHistory(deps, trail, peers, acquired);
    const opened = Promise.withResolvers<StartedGroups | undefined>();
    const away = awayOf(opened.promise.then((groups) => groups?.away));
    const left = opened.promise.then((groups) => groups?.talk);
    const messaging = await startMessaging(deps, { trail, checks, own, peers, history, away, left });
    const groups = await openGroups(deps, {
      ...messaging,
      checks,
      own,
      ...peers,
      service: history.service,
      audit: trail.auditing.recorder,
    });
    opened.resolve(groups);
    acquired.add(() => groups?.stop());
    await messaging.watch.apply();
    const watch = {
      check: async () => {
        await messaging.watch.check();
        await groups?.looking.trustChanged();
      },
    };
    const background = startBackground(deps, { ...peers, ...messaging, watch }, acquired);
    return readyAgent({ trail, own, peers, history, messaging: { ...messaging, watch }, groups, background });
  });
}

/** The audit trail, and the keys of everything that is stored encrypted. */
interface Trail {
  readonly keys: HistoryKeys;
  readonly auditing: Auditing;
  /** Lets the trail hear no more of sessions. */
  unfollow(): void;
}

/** Takes the audit trail up; from here on it hears of what happens in sessions. */
async function openTrail(deps: StartDeps, acquired: Acquired): Promise<Trail> {
  const { agentId, signing } = deps.stored;
  const keys = await loadOrCreateHistoryKeys(deps.store, deps.environment.subtle);
  const auditing = await startAudit({ ...deps, agentId, keys, signingKey: signing.privateKey });
  acquired.add(() => auditing.stop());
  const unfollow = deps.activity.follow(auditing.recorder);
  acquired.add(unfollow);
  return { keys, auditing, unfollow };
}

type Peers = Awaited<ReturnType<typeof loadPeers>>;

/** Loads what is remembered of peers: the marks on their keys, what resumes sessions with them, and the hellos that were seen. */
async function loadPeers(deps: StartDeps, { auditing }: Trail, checks: CertificateChecks, acquired: Acquired) {
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
async function openHistory(deps: StartDeps, { keys, auditing }: Trail, peers: Peers, acquired: Acquired) {
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
interface Opened {
  readonly trail: Trail;
  readonly checks: CertificateChecks;
  readonly own: OwnCertificates;
  readonly peers: Peers;
  readonly history: OpenHistory;
}

type Messaging = Awaited<ReturnType<typeof startMessaging>>;

/** Puts together what answers peers and what asks them. Nothing of it is at work by itself. */
async function startMessaging(
  deps: StartDeps,
  { trail, checks, own, peers, history, away, left }: Opened & Pick<OutboxDeps, 'away'> & Pick<InboxDeps, 'left'>,
) {
  const { environment, controller, activity, scheduler, methods, network, limits, clock, address } = deps;
  const now = () => unixSeconds(environment);
  const audit = trail.auditing.recorder;
  const { verifyGoingOn, verifyCertificates, revocations } = checks;
  const { sessions, verified, resumptions } = peers;
  const { requests, service } = history;
  const newId = () => toHex(environment.random(8));
  const answerers = new Answerers(methods, scheduler);
  const ownMethods = new OwnMethods();
  const inbox = new Inbox({
    activity,
    history: service.history,
    requests,
    answerers,
    ownMethods,
    left,
    now: () => environment.now(),
  });
  const watch = new RevocationWatch({
    revocations,
    sessions,
    requests: answerers,
    resumptions,
    audit,
    identity: own.identity,
    ownRevoked: deps.ownRevoked,
    verifyGoingOn,
    now,
  });
  const pauses = new Pauses(scheduler);
  const wireLog = new WireLog(activity, environment, newId);
  const identities = new PeerIdentities();
  const { identity } = own;
  const shared = {
    ...peers,
    ...{ activity, audit, controller, identities, identity, limits, network, pauses, verifyGoingOn, watch, wireLog },
    written: () => service.history.settled(),
  };
  const connector = new Connector({ ...shared, clock });
  const sending = sendingWith({ ...shared, environment, newId });
  const presence = new Presence(
    controller,
    (address) => deps.isPresenceKnown === true || deps.ownConnection?.forwards(address) === true,
    () => environment.now(),
  );
  const delivering = {
    ...{ ...shared, ...sending, environment, scheduler, presence, newId },
    ownConnection: deps.ownConnection,
    connect: (peerId: string) => connector.connect(peerId),
  };
  const outbox = new Outbox({ ...delivering, history: service.history, away });
  const peerCalls = new PeerCalls(delivering);
  const signingSpki = await exportSpki(environment.subtle, deps.stored.signing.publicKey);
  const self = { agentId: identity.agentId, signingSpki };
  const forgetResumptions = (peerId: string) => resumptions.forgetPeer(peerId);
  const safetyNumbers = new SafetyNumbers({
    ...{ environment, controller, sessions, verified, self },
    verifyCertificates,
    forgetResumptions,
  });
  const app = createAgentApp({ ...shared, environment, address, inbox, ...sending });
  const { keyUpdater } = sending;
  const calling = { inbox, answerers, ownMethods, outbox, peerCalls, presence };
  return { ...calling, watch, pauses, connector, keyUpdater, safetyNumbers, app };
}

/** Puts together what messages and key updates are sent with. */
function sendingWith(deps: NetworkCarrierDeps & LostAnswersDeps & Pick<KeyUpdaterDeps, 'sessions' | 'newId'>) {
  const exchange = new MessageExchange(new NetworkCarrier(deps));
  const lostAnswers = new LostAnswers(deps);
  const keyUpdater = new KeyUpdater({ exchange, lostAnswers, sessions: deps.sessions, newId: deps.newId });
  return { exchange, lostAnswers, keyUpdater };
}

/** Everything that a start has put together. */
interface Started extends Omit<Opened, 'checks'> {
  readonly messaging: Omit<Messaging, 'watch'> & { readonly watch: Pick<RevocationWatch, 'check'> };
  readonly groups: StartedGroups | undefined;
  readonly background: Background;
}

function readyAgent({ trail, own, peers, history, messaging, groups, background }: Started): ReadyAgent {
  const { verified, sessions, resumptions } = peers;
  const { watch, answerers, outbox, peerCalls, pauses } = messaging;
  const { service, audit } = history;
  return {
    registration: own.registration,
    identity: own.view,
    renew: (registration) => own.renew(registration).finally(() => groups?.looking.woken()),
    ...messaging,
    audit,
    historyService: service,
    groups: groups?.groups ?? groupsNotOpen,
    goOn: () => {
      outbox.sendAgain(service.unanswered, (peerId) => background.resumer.of(peerId));
      groups?.looking.start();
    },
    resumer: background.resumer,
    sessions,
    verified,
    notice: peers.notice,
    verificationOf: (peerId) => verified.view(peerId).verification,
    checkRevocations: () => watch.check(),
    stop: async (reason) => {
      background.stop();
      const groupsOver = groups?.stop();
      sessions.close(reason);
      trail.auditing.stop();
      service.stop();
      answerers.stop();
      // Nothing more is stored of what is under way then.
      outbox.stop(reason);
      peerCalls.stop(reason);
      pauses.stop();
      trail.unfollow();
      await resumptions.close();
      await groupsOver;
      await service.recordings.settled();
      await service.history.settled();
    },
  };
}

function doNothing(): void {}
