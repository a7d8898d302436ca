import { problemResponse } from '../http/problem-response.ts';
import { describeCertificate } from '../pki/describe.ts';
import { type AgentId, type Bytes, equalConstantTime } from '../protocol/bytes.ts';
import { type Environment, unixSeconds } from '../protocol/crypto/environment.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { AuditLimits, AuditTrailApi } from './audit/audit-trail-api.ts';
import type {
  AgentStore,
  EventFeed,
  GenerateRsa,
  Network,
  RelayChallenge,
  Scheduler,
  SignRelayClaim,
  StoredIdentity,
  StoredRegistration,
} from './contracts/ports.ts';
import type {
  AgentEvent,
  AgentPhase,
  AgentSnapshot,
  Answering,
  ExchangeView,
  PeerView,
  PersonAnswer,
  SafetyNumberView,
  SessionView,
} from './contracts/views.ts';
import { ControllerClient } from './controller/client.ts';
import { currentRegistration, loadOrCreateIdentity, register } from './controller/identity.ts';
import { OwnClock } from './controller/own-clock.ts';
import type { Renewal } from './controller/renewal.ts';
import { type DirectoryDeps, findPeerView, listPeers, type PeerPage } from './directory.ts';
import type { HistoryService } from './history-service.ts';
import { keepRenewing, otherCa } from './keep-renewing.ts';
import { type MethodRegistry, standardMethods } from './messages/methods.ts';
import type { OutgoingRequest } from './messages/outbox.ts';
import type { SessionLimits } from './sessions/handshake-memory.ts';
import { notReady, type ReadyAgent, standardLimits, startAgent } from './start.ts';
import { ActivityLog, failureView } from './state/activity-log.ts';

/** Milliseconds for which a request waits for an agent that is just coming up. */
const startPatienceMs = 10_000;

/** Everything an agent is given. */
export interface AgentDeps {
  readonly agentId: AgentId;
  /** Base URL without a trailing slash. */
  readonly address: string;
  readonly controllerUrl: string;
  readonly environment: Environment;
  readonly generateRsa: GenerateRsa;
  readonly store: AgentStore;
  readonly network: Network;
  readonly scheduler: Scheduler;
  readonly emit: (event: AgentEvent) => void;
  readonly limits?: SessionLimits;
  readonly auditLimits?: AuditLimits;
  readonly methods?: MethodRegistry;
  /** Shown to a Controller that registers new agents for a token only. */
  readonly registrationToken?: string;
  /** Goes on with nothing of an earlier run by itself: it is opened to be read or forgotten. */
  readonly isQuiet?: boolean;
  readonly signRelayClaim: SignRelayClaim;
  /** The Controller's events, where a connection of the agent carries them; otherwise the Controller's stream is followed. */
  readonly events?: EventFeed;
}

/** An agent: its identity, its sessions, what it answers and what it sends. */
export class Agent {
  readonly #options: AgentDeps;
  readonly #activity: ActivityLog;
  readonly #methods: MethodRegistry;
  readonly #controller: ControllerClient;
  readonly #clock: OwnClock;
  #phase: AgentPhase = { phase: 'starting' };
  #stored: StoredIdentity | undefined;
  #ready: ReadyAgent | undefined;
  #renewal: Renewal | undefined;
  /** Settles when the start that is under way, or was last, is over. */
  #starting: Promise<void> = Promise.resolve();
  /** True from `stop` to the next start. */
  #isStopped = false;

  constructor(options: AgentDeps) {
    this.#options = options;
    this.#activity = new ActivityLog(options.emit);
    this.#methods = options.methods ?? standardMethods();
    const { network, controllerUrl, environment, registrationToken } = options;
    this.#clock = new OwnClock(environment.now);
    const heard = (theirs: number) => this.#clock.heard(theirs);
    this.#controller = new ControllerClient(network, controllerUrl, environment.subtle, registrationToken, heard);
  }

  /**
   * Brings the agent up: keys, the pinned CA, certificates. The outcome is the phase; it never rejects. One that is stopped
   * meanwhile tells no phase more.
   */
  async start(): Promise<void> {
    if (this.#ready !== undefined) return;
    this.#isStopped = false;
    this.#setPhase({ phase: 'starting' });
    const starting = this.#start();
    this.#starting = starting.catch(() => undefined);
    try {
      await starting;
    } catch (cause) {
      await this.#end();
      this.#tellStart({ phase: 'failed', failure: failureView(this.#clock.blame(cause)) });
    }
  }

  async #start(): Promise<void> {
    const { agentId, address, environment, generateRsa, store, network, scheduler } = this.#options;
    const input = { agentId, address, now: environment.now() };
    let stored = await loadOrCreateIdentity(store, generateRsa, input, (made, of) =>
      this.#tellStart({ phase: 'making_keys', made, of }),
    );
    this.#stored = stored;
    if (!(await this.#isPinned(stored.registration))) return;
    this.#requireRunning();
    const registration = await currentRegistration(stored, address, unixSeconds(environment), () => {
      this.#tellStart({ phase: 'registering' });
      return this.#register(stored, address);
    });
    const pinned = stored.registration;
    if (pinned !== undefined && !equalConstantTime(pinned.caCertificate, registration.caCertificate)) {
      return this.#refuseCa(pinned, registration.caCertificate);
    }
    this.#requireRunning();
    stored = { ...stored, address, registration, usedAt: environment.now() };
    const ready = await startAgent({
      stored,
      registration,
      register: async () => {
        const renewed = await this.#register(stored, address);
        if (!equalConstantTime(renewed.caCertificate, registration.caCertificate)) throw otherCa();
        return renewed;
      },
      address,
      environment,
      store,
      network,
      scheduler,
      controller: this.#controller,
      clock: this.#clock,
      activity: this.#activity,
      emit: this.#options.emit,
      methods: this.#methods,
      limits: this.#options.limits ?? standardLimits,
      auditLimits: this.#options.auditLimits ?? {},
      events: this.#options.events,
    });
    stored = { ...stored, registration: ready.registration };
    try {
      this.#requireRunning();
      await store.saveIdentity(stored);
      this.#requireRunning();
    } catch (cause) {
      await ready.stop();
      throw cause;
    }
    this.#stored = stored;
    this.#ready = ready;
    this.#setPhase({ phase: 'ready', identity: ready.identity });
    if (this.#options.isQuiet === true) ready.resumer.stop();
    else ready.outbox.sendAgain(ready.historyService.unanswered, (peerId) => ready.resumer.of(peerId));
    const renewal = await keepRenewing({
      environment,
      scheduler,
      store,
      ready,
      clock: this.#clock,
      pinnedCa: registration.caCertificate,
      stored: () => (this.#ready === ready ? this.#stored : undefined),
      register: (identity) => this.#register(identity, address),
      renewed: (identity) => {
        this.#stored = identity;
      },
      told: (identity) => this.#setPhase({ phase: 'ready', identity }),
    });
    if (this.#ready === ready) this.#renewal = renewal;
    else renewal.stop();
  }

  #register(stored: StoredIdentity, address: string): Promise<StoredRegistration> {
    const { environment } = this.#options;
    return register(this.#controller, environment.subtle, stored, address, unixSeconds(environment));
  }

  /** Throws `not_registered` once the agent has stopped: another run may have its keys and records by now. */
  #requireRunning(): void {
    if (this.#isStopped) throw new ParleyError('not_registered', 'This agent was stopped while it started.');
  }

  #tellStart(phase: AgentPhase): void {
    if (!this.#isStopped) this.#setPhase(phase);
  }

  /** False, and the phase says so, when the Controller shows another CA than the pinned one. Offline is no change. */
  async #isPinned(registration: StoredRegistration | undefined): Promise<boolean> {
    if (registration === undefined) return true;
    let seen: Uint8Array<ArrayBuffer>;
    try {
      seen = await this.#controller.caCertificate();
    } catch {
      return true;
    }
    if (equalConstantTime(seen, registration.caCertificate)) return true;
    await this.#refuseCa(registration, seen);
    return false;
  }

  async #refuseCa(pinned: StoredRegistration, seen: Uint8Array<ArrayBuffer>): Promise<void> {
    const [pinnedCa, seenCa] = await Promise.all([
      describeCertificate(pinned.caCertificate),
      describeCertificate(seen).catch(() => undefined),
    ]);
    this.#tellStart({
      phase: 'ca_changed',
      pinned: pinnedCa.fingerprint,
      seen: seenCa?.fingerprint ?? 'not a certificate',
    });
  }

  /** Answers a request to this agent's endpoints. */
  async fetch(request: Request): Promise<Response> {
    // Whoever asks an agent that is just coming up is not turned away: a peer would take the session for lost.
    if (this.#ready === undefined) await this.#comingUp();
    if (this.#ready === undefined) return problemResponse(notReady());
    return this.#ready.app.fetch(request);
  }

  async #comingUp(): Promise<void> {
    const { scheduler } = this.#options;
    const patience = Promise.withResolvers<void>();
    const timeout = scheduler.after(startPatienceMs, patience.resolve);
    await Promise.race([this.#starting, patience.promise]);
    timeout.cancel();
  }

  /** Signs what a relay wants signed before it carries requests to this agent; `not_registered` before there are keys. */
  async proveToRelay(challenge: RelayChallenge): Promise<Bytes> {
    if (this.#stored === undefined) throw notReady();
    return this.#options.signRelayClaim(this.#stored.signing.privateKey, challenge);
  }

  snapshot(): AgentSnapshot {
    return {
      phase: this.#phase,
      ...this.#activity.snapshot(),
      verifications: this.#ready?.verified.views() ?? [],
      answering: this.#ready?.inbox.answering ?? 'handlers',
      methods: this.#methods.names(),
      ...(this.#ready === undefined ? {} : { storage: this.#ready.historyService.history.storage }),
    };
  }

  /** Returns a page of the other agents of the directory; see `listPeers`. */
  async peers(page?: PeerPage): Promise<readonly PeerView[]> {
    return listPeers(this.#directory(), page);
  }

  /** Returns one agent of the directory by its exact agent_id. Rejects with `unknown_agent` when there is none. */
  async peer(peerId: string): Promise<PeerView> {
    return findPeerView(this.#directory(), peerId);
  }

  #directory(): DirectoryDeps {
    return { controller: this.#controller, agentId: this.#options.agentId, ready: this.#ready };
  }

  /** Shakes hands with a peer of the directory. Rejects with the code that stopped it. */
  async connect(peerId: string): Promise<SessionView> {
    const session = await this.#requireReady().connector.connect(peerId);
    const view = this.#activity.session(session.id);
    if (view === undefined) throw new ParleyError('internal_error', 'The session was not recorded.');
    return view;
  }

  /** Returns the number to compare with the peer's person; see `SafetyNumbers.show`. */
  async safetyNumber(peerId: string): Promise<SafetyNumberView> {
    return this.#requireReady().safetyNumbers.show(peerId);
  }

  /** Marks the key whose number was shown; see `SafetyNumbers.markVerified`. */
  async markVerified(peerId: string, keyFingerprint: string): Promise<void> {
    await this.#forgetChanged(peerId);
    await this.#requireReady().safetyNumbers.markVerified(peerId, keyFingerprint);
  }

  /** Forgets the verified key and goes on unverified with the one that was seen since; `invalid_input` when there is none. */
  async acceptChangedKey(peerId: string): Promise<void> {
    await this.#forgetChanged(peerId);
    await this.#requireReady().safetyNumbers.acceptChangedKey(peerId);
  }

  /** Forgets what resumes a session under the former key: it would show that key again, which is no longer trusted. */
  async #forgetChanged(peerId: string): Promise<void> {
    const { verified, resumptions } = this.#requireReady();
    if (verified.view(peerId).verification === 'changed') await resumptions.forgetPeer(peerId);
  }

  /** Takes the mark off a peer whose key has not changed; `invalid_input` when it has. */
  async clearVerification(peerId: string): Promise<void> {
    await this.#requireReady().safetyNumbers.clearVerification(peerId);
  }

  /** Sends a request to a peer; see `Outbox.send`. */
  async send(request: OutgoingRequest): Promise<ExchangeView> {
    return this.#requireReady().outbox.send(request);
  }

  /** Ends a session for both sides; see `Outbox.close`. */
  async disconnect(sessionId: string): Promise<void> {
    const ready = this.#requireReady();
    const session = ready.sessions.find(sessionId);
    if (session.status !== 'ESTABLISHED') return;
    await ready.outbox.close(session);
  }

  /** Updates a session's keys now; see `KeyUpdater.update`. `unknown_session` when there is none. */
  async updateKeys(sessionId: string): Promise<number> {
    const ready = this.#requireReady();
    return ready.keyUpdater.update(ready.sessions.find(sessionId));
  }

  setAnswering(answering: Answering): void {
    this.#requireReady().inbox.answering = answering;
    this.#options.emit({ type: 'answering', answering });
  }

  /** Answers a held request of `peerId`. Throws `invalid_input` when it no longer waits. */
  answer(peerId: string, requestId: string, answer: PersonAnswer): void {
    this.#requireReady().inbox.answer(peerId, requestId, answer);
  }

  /** Returns the stored conversations, and their retention. Throws `not_registered` before the agent is ready. */
  get historyService(): HistoryService {
    return this.#requireReady().historyService;
  }

  /** Returns the audit trail, to be read, checked and exported. Throws `not_registered` before the agent is ready. */
  get audit(): AuditTrailApi {
    return this.#requireReady().audit;
  }

  /** Empties the conversation, the wire log and the list of ended sessions in memory; what is kept stays. */
  clear(): void {
    this.#activity.clear();
  }

  /** Looks for a newer CRL now, and ends the sessions of peers it lists. */
  async checkRevocations(): Promise<void> {
    await this.#requireReady().checkRevocations();
  }

  /**
   * Closes every session, revokes this agent's certificates so that nobody waits for it, and erases keys and all else.
   * What cannot be told to peers or the Controller is erased here all the same.
   */
  async forget(): Promise<void> {
    const ready = this.#ready;
    if (ready !== undefined) {
      await Promise.allSettled(ready.sessions.alive().map((session) => ready.outbox.close(session)));
    }
    await this.#revokeSelf().catch(() => undefined);
    await this.stop();
    await this.#options.store.erase();
    this.#stored = undefined;
    this.#activity.clear();
    this.#setPhase({ phase: 'forgotten' });
  }

  async #revokeSelf(): Promise<void> {
    const { agentId, environment } = this.#options;
    if (this.#stored?.registration === undefined) return;
    const { privateKey } = this.#stored.signing;
    await this.#controller.revoke(agentId, 'cessationOfOperation', privateKey, unixSeconds(environment));
  }

  /**
   * Ends background work and drops every session's keys, without telling anybody. Resolves when what was kept is written, and a
   * start that was under way has come to its end.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#end();
    await this.#starting;
  }

  async #end(): Promise<void> {
    const ready = this.#ready;
    this.#ready = undefined;
    this.#renewal?.stop();
    await ready?.stop();
  }

  #requireReady(): ReadyAgent {
    if (this.#ready === undefined) throw notReady();
    return this.#ready;
  }

  #setPhase(phase: AgentPhase): void {
    this.#phase = phase;
    this.#options.emit({ type: 'phase', phase });
  }
}
