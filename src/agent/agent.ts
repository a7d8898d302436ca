import { problemResponse } from '../http/problem-response.ts';
import type { Bytes } from '../protocol/bytes.ts';
import type { ParleyError } from '../protocol/errors.ts';
import type { AgentDeps } from './agent-deps.ts';
import type { AuditTrailApi } from './audit/audit-trail-api.ts';
import { notReady, requireOther } from './contracts/failures.ts';
import type { FilesApi } from './contracts/files-api.ts';
import type { GroupsApi } from './contracts/groups-api.ts';
import type { RelayChallenge, StoredRegistration } from './contracts/ports.ts';
import type {
  AgentSnapshot,
  Answering,
  ExchangeView,
  PeerPage,
  PeerView,
  PersonAnswer,
  SafetyNumberView,
  SessionView,
} from './contracts/views.ts';
import { ControllerClient } from './controller/client.ts';
import { type DirectoryDeps, findPeerView, listPeers } from './controller/directory.ts';
import { keepRenewing } from './controller/keep-renewing.ts';
import { ownRevoked } from './controller/own-certificates.ts';
import { OwnClock } from './controller/own-clock.ts';
import { Registration } from './controller/registration.ts';
import type { Renewal } from './controller/renewal.ts';
import type { Reopened } from './messages/answer-streams.ts';
import { type MethodRegistry, standardMethods } from './messages/methods.ts';
import type { Exchanged } from './messages/outbox.ts';
import type { OutgoingRequest } from './messages/outgoing-request.ts';
import type { PeerStream } from './messages/peer-stream.ts';
import type { ReadAnswers } from './messages/read-answers.ts';
import { standardLimits } from './sessions/handshake-memory.ts';
import type { HistoryService } from './start/history-service.ts';
import type { ReadyAgent } from './start/ready-agent.ts';
import { snapshotOf } from './start/snapshot.ts';
import { startAgent } from './start/start.ts';
import { Startup } from './start/startup.ts';
import { ActivityLog } from './state/activity-log.ts';

/** An agent: its identity, its sessions, what it answers and what it sends. */
export class Agent {
  readonly #deps: AgentDeps;
  readonly #activity: ActivityLog;
  readonly #methods: MethodRegistry;
  readonly #controller: ControllerClient;
  readonly #clock: OwnClock;
  readonly #registration: Registration;
  readonly #startup: Startup;
  readonly #directory = (): DirectoryDeps => ({ ...this.#deps, controller: this.#controller, trust: this.#ready });
  #ready: ReadyAgent | undefined;
  #renewal: Renewal | undefined;

  constructor(deps: AgentDeps) {
    this.#deps = deps;
    this.#startup = new Startup(deps.scheduler, deps.emit);
    this.#activity = new ActivityLog(deps.emit);
    this.#methods = deps.methods ?? standardMethods(deps.scheduler);
    const { network, controllerUrl, environment, registrationToken } = deps;
    this.#clock = new OwnClock(environment.now);
    const heard = (theirs: number) => this.#clock.heard(theirs);
    this.#controller = new ControllerClient(network, controllerUrl, environment, registrationToken, heard);
    this.#registration = new Registration({ ...deps, controller: this.#controller });
  }

  /** Brings the agent up: keys, the pinned CA, certificates. The outcome is the phase, unless it is stopped meanwhile. Never rejects. */
  async start(): Promise<void> {
    if (this.#ready !== undefined) return;
    const failed = (cause: unknown) => this.#end().then(() => this.#clock.blame(cause));
    await this.#startup.run(() => this.#start(), failed);
  }

  async #start(): Promise<void> {
    if (this.#ready !== undefined) return;
    const [identity, startup] = [this.#registration, this.#startup];
    await identity.load((made, of) => startup.tell({ phase: 'making_keys', made, of }));
    const change = await identity.changedCa();
    if (change !== undefined) return startup.tell({ phase: 'ca_changed', ...change });
    startup.requireRunning();
    const registration = await identity.current(() => startup.tell({ phase: 'registering' }));
    if ('seen' in registration) return startup.tell({ phase: 'ca_changed', ...registration });
    startup.requireRunning();
    const ready = await this.#startReady(registration);
    startup.show({ phase: 'ready', identity: ready.identity });
    if (this.#deps.isQuiet === true) ready.resumer.stop();
    else ready.goOn();
    await this.#keepRenewing(ready, registration.caCertificate);
  }

  /** Starts the agent with its registration, and stores what it has started with. From then on it answers. */
  async #startReady(registration: StoredRegistration): Promise<ReadyAgent> {
    const { address, environment, store } = this.#deps;
    const stored = { ...this.#registration.stored, address, registration, usedAt: environment.now() };
    const ready = await startAgent({
      ...this.#deps,
      ...{ stored, registration, controller: this.#controller, clock: this.#clock, activity: this.#activity },
      register: () => this.#registration.registerAtSame(registration.caCertificate),
      methods: this.#methods,
      ...{ limits: this.#deps.limits ?? standardLimits, auditLimits: this.#deps.auditLimits ?? {} },
      ownRevoked: () => this.#startup.end(ownRevoked(), (reason) => this.#end(reason)),
    });
    try {
      const started = { ...stored, registration: ready.registration };
      this.#startup.requireRunning();
      await store.saveIdentity(started);
      this.#startup.requireRunning();
      this.#registration.use(started);
      this.#ready = ready;
      return ready;
    } catch (cause) {
      await ready.stop();
      throw cause;
    }
  }

  async #keepRenewing(ready: ReadyAgent, pinnedCa: Bytes): Promise<void> {
    const renewal = await keepRenewing({
      ...this.#deps,
      ready,
      clock: this.#clock,
      pinnedCa,
      registration: this.#registration,
      isRunning: () => this.#ready === ready,
      told: (identity) => this.#startup.show({ phase: 'ready', identity }),
    });
    if (this.#ready === ready) this.#renewal = renewal;
    else renewal.stop();
  }

  /** Returns why the last start failed, with its cause. */
  get startFailure(): ParleyError | undefined {
    return this.#startup.failure;
  }

  /** Answers a request to this agent's endpoints. */
  async fetch(request: Request): Promise<Response> {
    // Whoever asks an agent that is just coming up is not turned away: a peer would take the session for lost.
    if (this.#ready === undefined) await this.#startup.overSoon();
    return this.#ready?.app.fetch(request) ?? problemResponse(notReady());
  }

  /** Signs what a relay wants signed before it carries requests to this agent; `not_registered` before there are keys. */
  async proveToRelay(challenge: RelayChallenge): Promise<Bytes> {
    return this.#deps.signRelayClaim(this.#registration.stored.signing.privateKey, challenge);
  }

  snapshot(): AgentSnapshot {
    return snapshotOf(this.#ready, { phase: this.#startup.phase, activity: this.#activity, methods: this.#methods });
  }

  /** Returns a page of the other agents of the directory; see `listPeers`. */
  async peers(page?: PeerPage): Promise<readonly PeerView[]> {
    return listPeers(this.#directory(), page);
  }

  /** Returns one agent of the directory by its exact agent_id. Rejects with `unknown_agent` when there is none. */
  async peer(peerId: string): Promise<PeerView> {
    return findPeerView(this.#directory(), peerId);
  }

  /** Shakes hands with a peer of the directory. Rejects with the code that stopped it. */
  async connect(peerId: string): Promise<SessionView> {
    const { id } = await this.#readyTo({ peerId }).connector.connect(peerId);
    return this.#activity.requireSession(id);
  }

  /** Returns the number to compare with the peer's person; see `SafetyNumbers.show`. */
  async safetyNumber(peerId: string): Promise<SafetyNumberView> {
    return this.#readyTo({ peerId }).safetyNumbers.show(peerId);
  }

  /** Marks the key whose number was shown; see `SafetyNumbers.markVerified`. */
  async markVerified(peerId: string, keyFingerprint: string): Promise<void> {
    await this.#requireReady().safetyNumbers.markVerified(peerId, keyFingerprint);
  }

  /** Forgets the verified key and goes on unverified with the one that was seen since; `invalid_input` when there is none. */
  async acceptChangedKey(peerId: string): Promise<void> {
    await this.#requireReady().safetyNumbers.acceptChangedKey(peerId);
  }

  /** Takes the mark off a peer whose key has not changed; `invalid_input` when it has. */
  async clearVerification(peerId: string): Promise<void> {
    await this.#requireReady().safetyNumbers.clearVerification(peerId);
  }

  /** Sends a request to a peer; see `Outbox.send`. */
  async send(request: OutgoingRequest): Promise<ExchangeView> {
    return this.#readyTo(request).outbox.send(request);
  }

  /** Sends a request to a peer, and gives the bytes of its answer with it; see `Outbox.exchange`. */
  async exchange(request: OutgoingRequest): Promise<Exchanged> {
    return this.#readyTo(request).outbox.exchange(request);
  }

  /** Returns a stream that a peer has answered with, to be read on where an earlier reading stopped; see `AnswerStreams.reopen`. */
  async reopen(stream: Reopened): Promise<PeerStream> {
    return this.#readyTo(stream).answerStreams.reopen(stream);
  }

  /** Returns the answers that are read here for a person; undefined for an agent of a program. */
  get readAnswers(): ReadAnswers | undefined {
    return this.#requireReady().readAnswers;
  }

  /** Ends a request early; see `Outbox.cancel`. */
  cancel(peerId: string, requestId: string): void {
    this.#requireReady().outbox.cancel(peerId, requestId);
  }

  /** Ends a session for both sides, once peers have heard what was cancelled; see `Closing.close`. */
  async disconnect(sessionId: string): Promise<void> {
    const { sessions, closing } = this.#requireReady();
    const session = sessions.find(sessionId);
    if (session.status === 'ESTABLISHED') await closing.close(session);
  }

  /** Updates a session's keys now; see `KeyUpdater.update`. `unknown_session` when there is none. */
  async updateKeys(sessionId: string): Promise<number> {
    const { keyUpdater, sessions } = this.#requireReady();
    return keyUpdater.update(sessions.find(sessionId));
  }

  setAnswering(answering: Answering): void {
    this.#requireReady().inbox.answering = answering;
    this.#deps.emit({ type: 'answering', answering });
  }

  /** Answers a held request of `peerId`. Throws `invalid_input` when it no longer waits. */
  answer(peerId: string, requestId: string, answer: PersonAnswer): void {
    this.#requireReady().answerers.answer(peerId, requestId, answer);
  }

  /** Returns the stored conversations, and their retention. Throws `not_registered` before the agent is ready. */
  get historyService(): HistoryService {
    return this.#requireReady().historyService;
  }

  /** Returns the groups that this agent is in. Throws `not_registered` before the agent is ready. */
  get groups(): GroupsApi {
    return this.#requireReady().groups;
  }

  /** Returns its files. Throws `not_registered` before the agent is ready. */
  get files(): FilesApi {
    return this.#requireReady().files;
  }

  /** Returns the audit trail, to be read, checked and exported. Throws `not_registered` before the agent is ready. */
  get audit(): AuditTrailApi {
    return this.#requireReady().audit;
  }

  /** Empties conversation, wire log and ended sessions in memory; deletes the stored recordings of these sessions. */
  async clear(): Promise<void> {
    this.#activity.clear();
    await this.#ready?.historyService.recordings.dropUnshown();
  }

  /** Looks for a newer CRL now, and ends the sessions of peers it lists. */
  async checkRevocations(): Promise<void> {
    await this.#requireReady().checkRevocations();
  }

  /** Closes every session, revokes this agent's certificates and erases everything here, also when nobody can be told. */
  async forget(): Promise<void> {
    const ready = this.#ready;
    if (ready) await Promise.allSettled(ready.sessions.alive().map((session) => ready.closing.close(session)));
    await this.stop();
    await this.#registration.revoke().catch(() => undefined);
    await this.#registration.erase();
    this.#activity.clear();
    this.#startup.show({ phase: 'forgotten' });
  }

  /** Ends background work and drops every session's keys, telling nobody. Resolves when what was kept is written and no start is under way. */
  async stop(): Promise<void> {
    this.#startup.stop();
    await this.#end();
    await this.#startup.over();
  }

  async #end(reason?: ParleyError): Promise<void> {
    const ready = this.#ready;
    this.#ready = undefined;
    this.#renewal?.stop();
    await ready?.stop(reason);
  }

  #readyTo(about: { readonly peerId: string }): ReadyAgent {
    const ready = this.#requireReady();
    requireOther(about.peerId, this.#deps.agentId);
    return ready;
  }

  #requireReady(): ReadyAgent {
    return this.#ready ?? this.#startup.refuse();
  }
}
