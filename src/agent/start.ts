import { readRevocationList } from '../pki/revocation-list.ts';
import { createCertificateVerifier } from '../pki/verifier.ts';
import { toHex } from '../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../protocol/crypto/environment.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { CertificatePair, OwnIdentity, VerifyCertificates } from '../protocol/handshake/identity.ts';
import type { ResumptionContext } from '../protocol/handshake/resumption/record.ts';
import { limits } from '../protocol/limits.ts';
import type { Observer } from '../protocol/trace/events.ts';
import { type Acquired, acquiring } from './acquired.ts';
import { type AuditLimits, type AuditTrailApi, startAudit } from './audit/audit-trail-api.ts';
import type {
  AgentStore,
  EventFeed,
  Network,
  Scheduler,
  StoredIdentity,
  StoredRegistration,
} from './contracts/ports.ts';
import type { AgentEvent, IdentityView } from './contracts/views.ts';
import type { ControllerClient } from './controller/client.ts';
import { watchEvents } from './controller/event-watch.ts';
import { exportSpki, identityView, ownIdentity } from './controller/identity.ts';
import type { OwnClock } from './controller/own-clock.ts';
import { Revocations } from './controller/revocations.ts';
import { supersededByValid } from './controller/superseded.ts';
import { loadOrCreateHistoryKeys } from './history/keys.ts';
import { type HistoryService, startHistoryService } from './history-service.ts';
import { NetworkCarrier, type NetworkCarrierDeps } from './messages/carrier.ts';
import { Inbox } from './messages/inbox.ts';
import { KeyUpdater, type KeyUpdaterDeps } from './messages/key-updater.ts';
import { LostAnswers, type LostAnswersDeps } from './messages/lost-answers.ts';
import { MessageExchange } from './messages/message-exchange.ts';
import type { MethodRegistry } from './messages/methods.ts';
import { Outbox } from './messages/outbox.ts';
import { RequestMemory } from './messages/request-memory.ts';
import { SafetyNumbers } from './safety-numbers.ts';
import { createAgentApp } from './serve/agent-app.ts';
import { Connector } from './sessions/connector.ts';
import { AgentHandshakeMemory, type SessionLimits } from './sessions/handshake-memory.ts';
import { Pauses } from './sessions/pauses.ts';
import { PeerIdentities } from './sessions/peer-identities.ts';
import { Resumptions } from './sessions/resumptions.ts';
import { RevocationWatch } from './sessions/revocation-watch.ts';
import { SessionResumer } from './sessions/session-resumer.ts';
import { SessionTable } from './sessions/session-table.ts';
import type { ActivityLog } from './state/activity-log.ts';
import { WireLog } from './state/wire-log.ts';
import { VerifiedPeers } from './trust/verified-peers.ts';

/** Milliseconds between looks for a newer CRL while the agent is open. */
const revocationPollMs = 30_000;

/** What a registered agent is made of. */
export interface ReadyDeps {
  readonly stored: StoredIdentity;
  readonly registration: StoredRegistration;
  /** Registers again, at the same CA. */
  register(): Promise<StoredRegistration>;
  readonly address: string;
  readonly environment: Environment;
  readonly store: AgentStore;
  readonly network: Network;
  readonly scheduler: Scheduler;
  readonly controller: ControllerClient;
  readonly clock: OwnClock;
  readonly activity: ActivityLog;
  readonly emit: (event: AgentEvent) => void;
  readonly methods: MethodRegistry;
  readonly limits: SessionLimits;
  readonly auditLimits: AuditLimits;
  readonly events: EventFeed | undefined;
}

/** A registered agent at work. */
export interface ReadyAgent {
  /** What it has started with: newer certificates than it was given, when those were superseded. */
  readonly registration: StoredRegistration;
  readonly audit: AuditTrailApi;
  readonly identity: IdentityView;
  /**
   * Uses new certificates in every handshake from now on; sessions go on. Rejects when they are not for this agent's keys and
   * address, and keeps the old ones then.
   */
  renew(registration: StoredRegistration): Promise<IdentityView>;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly keyUpdater: KeyUpdater;
  readonly historyService: HistoryService;
  readonly resumer: SessionResumer;
  readonly connector: Connector;
  readonly sessions: SessionTable;
  readonly verified: VerifiedPeers;
  readonly resumptions: Resumptions;
  readonly safetyNumbers: SafetyNumbers;
  /** Looks at a directory entry's certificates, so that a changed key is noticed before anybody connects. */
  notice(pair: CertificatePair): Promise<void>;
  readonly app: { fetch(request: Request): Promise<Response> };
  /** Looks for a newer CRL now, and ends the sessions of peers it lists. */
  checkRevocations(): Promise<void>;
  /** Ends the background work; sessions end without a CLOSE. Resolves when everything that was kept is written. */
  stop(): Promise<void>;
}

/** Puts a registered agent together. Rejects with what the check of its own certificates throws, and leaves nothing at work then. */
export function startAgent(deps: ReadyDeps): Promise<ReadyAgent> {
  return acquiring((acquired) => putTogether(deps, acquired));
}

/** Puts together what messages and key updates are sent with. */
function sendingWith(deps: NetworkCarrierDeps & LostAnswersDeps & Pick<KeyUpdaterDeps, 'sessions' | 'newId'>) {
  const exchange = new MessageExchange(new NetworkCarrier(deps));
  const lostAnswers = new LostAnswers(deps);
  const keyUpdater = new KeyUpdater({ exchange, lostAnswers, sessions: deps.sessions, newId: deps.newId });
  return { exchange, lostAnswers, keyUpdater };
}

async function putTogether(deps: ReadyDeps, acquired: Acquired): Promise<ReadyAgent> {
  const { environment, activity, scheduler, controller, store, network } = deps;
  const { agentId, signing } = deps.stored;
  const keys = await loadOrCreateHistoryKeys(store, environment.subtle);
  const auditing = await startAudit({ ...deps, agentId, keys, signingKey: signing.privateKey });
  acquired.add(() => auditing.stop());
  const audit = auditing.recorder;
  activity.watcher = audit;
  const { caCertificate } = deps.registration;
  const now = () => unixSeconds(environment);
  const revocations = new Revocations(controller, (der) => readRevocationList(der, caCertificate, now()), now);
  const revocation = () => revocations.current;
  const verifyCertificates = createCertificateVerifier({ caCertificate, revocation });
  const verifyGoingOn = createCertificateVerifier({
    caCertificate,
    revocation,
    goesOn: supersededByValid({ controller, revocations, verifyCertificates, now }),
  });
  await revocations.refresh(true);
  let isSuperseded = false;
  // This agent's own certificates are checked at start also when no CRL can be had; peers need one.
  const verifyOwn = createCertificateVerifier({
    caCertificate,
    revocation,
    unknownStatus: 'accept',
    goesOn: async () => {
      isSuperseded = true;
      return false;
    },
  });
  /** The check of this agent's certificates, which the trail has once they have passed. */
  const recordedOwn: VerifyCertificates = async (pair, time) => {
    const own = await verifyOwn(pair, time).catch((error: unknown) => {
      throw ofThisAgent(error);
    });
    audit.certificates(own);
    return own;
  };
  const ownBy = (by: StoredRegistration) => ownIdentity(environment.subtle, deps.stored, by, recordedOwn, now());
  let { registration } = deps;
  const first = await ownBy(registration).catch(async (cause: unknown) => {
    // Newer certificates of the same key were issued, and lost before they were stored.
    if (!isSuperseded) throw cause;
    registration = await deps.register();
    return ownBy(registration);
  });
  let { certificates } = first;
  const identity: OwnIdentity = {
    ...first,
    get certificates() {
      return certificates;
    },
  };
  const signingSpki = await exportSpki(environment.subtle, signing.publicKey);
  const view = await identityView(deps.stored, registration, deps.address);

  const sessions = new SessionTable(activity, scheduler, now);
  acquired.add(() => sessions.close());
  const verified = new VerifiedPeers({ store, environment, emit: deps.emit, audit });
  await verified.load();
  const memory = new AgentHandshakeMemory({
    store,
    now,
    room: () => sessions.room(),
    limits: deps.limits,
    showsVerifiedKey: (signing) => verified.isMarked(signing),
  });
  await memory.load();
  const verifyUnchanged = verified.guard(verifyCertificates);
  const resumptions = await Resumptions.load(store, environment);
  acquired.add(() => resumptions.close());
  const context = (observe: Observer): ResumptionContext => ({
    environment,
    observe,
    verifyCertificates: verifyUnchanged,
    memory,
    resumptions,
  });
  const verifyResumed = verified.guard(verifyGoingOn);
  const resumptionContext = (observe: Observer): ResumptionContext => ({
    ...context(observe),
    verifyCertificates: verifyResumed,
  });
  const newId = () => toHex(environment.random(8));
  const wireLog = new WireLog(activity, environment, newId);
  const { companion } = auditing;
  const historyService = await startHistoryService({ ...deps, agentId, keys, companion });
  acquired.add(() => historyService.stop());
  const { history } = historyService;
  const desk = auditing.attach(
    history,
    () => new Set([...sessions.alive().map(({ id }) => id), ...resumptions.all().map(({ sessionId }) => sessionId)]),
  );
  const requests = await RequestMemory.load({ store, environment });
  const { methods } = deps;
  const inbox = new Inbox({ activity, history, requests, methods, scheduler, now: () => environment.now() });
  const watch = new RevocationWatch({ revocations, sessions, inbox, resumptions, audit, verifyGoingOn, now });
  const pauses = new Pauses(scheduler);
  const shared = {
    identity,
    controller,
    watch,
    verifyGoingOn,
    limits: deps.limits,
    resumptions,
    network,
    wireLog,
    activity,
    sessions,
    memory,
    verified,
    audit,
    identities: new PeerIdentities(),
    pauses,
    context,
    resumptionContext,
    written: () => history.settled(),
  };
  const connector = new Connector({ ...shared, clock: deps.clock });
  const sending = sendingWith({ ...shared, environment, newId });
  const outbox = new Outbox({
    ...shared,
    history,
    environment,
    scheduler,
    ...sending,
    newId,
    connect: (peerId) => connector.connect(peerId),
  });
  sessions.epochBegun = (session) => void resumptions.keep(session);
  const self = { agentId: identity.agentId, signingSpki };
  const safetyNumbers = new SafetyNumbers({ environment, controller, sessions, verified, self, verifyCertificates });
  const app = createAgentApp({ ...shared, environment, address: deps.address, inbox, ...sending });

  await watch.apply();
  let poll = scheduler.after(revocationPollMs, tick);
  acquired.add(() => poll.cancel());
  function tick(): void {
    poll = scheduler.after(revocationPollMs, tick);
    void watch.check();
  }

  const resumer = new SessionResumer({
    resumptions,
    scheduler,
    now: () => environment.now(),
    isConnected: (peerId) => sessions.withPeer(peerId) !== undefined || connector.isConnecting(peerId),
    nextSession: (peerId, ms) => sessions.nextWithPeer(peerId, ms),
    resume: (peerId) => connector.resume(peerId),
    isAliveAt: (peerId) => connector.isAliveAt(peerId),
  });
  acquired.add(() => resumer.stop());

  const stopWatching =
    network.stream === undefined && deps.events === undefined
      ? doNothing
      : watchEvents({
          controller,
          scheduler,
          now: () => environment.now(),
          chance: () => (environment.random(1)[0] ?? 0) / 256,
          feed: deps.events,
          revoked: () => void watch.check(),
          directoryChanged: () => {
            resumer.look();
            deps.emit({ type: 'directory' });
          },
        });

  return {
    registration,
    identity: view,
    renew: async (renewed) => {
      const next = await ownBy(renewed);
      const nextView = await identityView(deps.stored, renewed, deps.address);
      certificates = next.certificates;
      return nextView;
    },
    inbox,
    outbox,
    keyUpdater: sending.keyUpdater,
    historyService,
    audit: desk,
    resumer,
    connector,
    sessions,
    verified,
    resumptions,
    safetyNumbers,
    // Certificates that are refused anyway say nothing about a key.
    notice: (pair) => verifyUnchanged(pair, now()).then(doNothing, doNothing),
    app,
    checkRevocations: () => watch.check(),
    stop: async () => {
      poll.cancel();
      resumer.stop();
      connector.stop();
      stopWatching();
      sessions.close();
      auditing.stop();
      historyService.stop();
      inbox.stop();
      // Nothing more is stored of what goes on then.
      pauses.stop();
      await resumptions.close();
      await history.settled();
    },
  };
}

function doNothing(): void {}

/** The session limits of the protocol page, section 3. */
export const standardLimits: SessionLimits = { sessions: limits.sessions, halfOpen: limits.halfOpenHandshakes };

/** Returns the error `not_registered` of every call before the agent is ready. */
export function notReady(): ParleyError {
  return new ParleyError('not_registered', 'This agent is not ready yet. Wait until it has registered.');
}

/** Returns `error` in the words for whoever has the agent: the check of certificates speaks of another one. */
function ofThisAgent(error: unknown): unknown {
  if (!(error instanceof ParleyError) || error.code !== 'certificate_revoked') return error;
  const detail =
    'The Controller has revoked this agent: it can neither send nor answer. Its stored data stays; open an agent with another agent_id to continue.';
  return new ParleyError('certificate_revoked', detail, { cause: error });
}
