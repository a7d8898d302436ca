import type { Environment } from '../../protocol/crypto/environment.ts';
import type { ParleyError } from '../../protocol/errors.ts';
import type { AuditLimits, AuditTrailApi } from '../audit/audit-trail-api.ts';
import type { FilesApi } from '../contracts/files-api.ts';
import type { GroupsApi } from '../contracts/groups-api.ts';
import type { NoticeFeed } from '../contracts/notices.ts';
import type {
  AgentStore,
  EventFeed,
  Network,
  OwnConnection,
  Scheduler,
  StoredIdentity,
  StoredRegistration,
} from '../contracts/ports.ts';
import type { AgentEvent, IdentityView } from '../contracts/views.ts';
import type { ControllerClient } from '../controller/client.ts';
import type { PeerTrust } from '../controller/directory.ts';
import type { OwnClock } from '../controller/own-clock.ts';
import type { AnswerStreams } from '../messages/answer-streams.ts';
import type { Answerers } from '../messages/answerers.ts';
import type { Closing } from '../messages/closing.ts';
import type { Inbox } from '../messages/inbox.ts';
import type { KeyUpdater } from '../messages/key-updater.ts';
import type { MethodRegistry } from '../messages/methods.ts';
import type { Outbox } from '../messages/outbox.ts';
import type { ReadAnswers } from '../messages/read-answers.ts';
import type { Connector } from '../sessions/connector.ts';
import type { SessionLimits } from '../sessions/handshake-memory.ts';
import type { SessionResumer } from '../sessions/session-resumer.ts';
import type { SessionTable } from '../sessions/session-table.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import type { SafetyNumbers } from '../trust/safety-numbers.ts';
import type { VerifiedPeers } from '../trust/verified-peers.ts';
import type { HistoryService } from './history-service.ts';

/** What a registered agent is made of. */
export interface StartDeps {
  readonly stored: StoredIdentity;
  readonly registration: StoredRegistration;
  /** Registers again, at the same CA. */
  register(): Promise<StoredRegistration>;
  readonly address: string;
  readonly deliveryUrl?: string | undefined;
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
  readonly events?: EventFeed | undefined;
  readonly notices?: NoticeFeed | undefined;
  readonly ownConnection?: OwnConnection | undefined;
  /** True where the directory sees of every address whether an agent answers there, also without a relay. */
  readonly isPresenceKnown?: boolean;
  /** Reads the bytes of answers by itself, for a person who looks; see `ReadAnswers`. Else a program asks for them, or they are let go. */
  readonly readsAnswers?: boolean;
  /** Hears that the Controller has revoked this agent. */
  readonly ownRevoked: () => void;
}

/** A registered agent at work. */
export interface ReadyAgent extends PeerTrust {
  /** What it has started with: newer certificates than it was given, when those were superseded. */
  readonly registration: StoredRegistration;
  readonly audit: AuditTrailApi;
  readonly identity: IdentityView;
  /** Uses new certificates from now on; see `OwnCertificates.renew`. */
  renew(registration: StoredRegistration): Promise<IdentityView>;
  readonly inbox: Inbox;
  readonly answerers: Answerers;
  readonly answerStreams: AnswerStreams;
  readonly closing: Closing;
  readonly outbox: Outbox;
  /** Absent where a program asks for the bytes of answers. */
  readonly readAnswers: ReadAnswers | undefined;
  readonly keyUpdater: KeyUpdater;
  readonly historyService: HistoryService;
  readonly groups: GroupsApi;
  readonly files: FilesApi;
  /** Goes on with what an earlier run has left: requests without an answer, and the work of groups. */
  goOn(): void;
  readonly resumer: SessionResumer;
  readonly connector: Connector;
  readonly sessions: SessionTable;
  readonly verified: VerifiedPeers;
  readonly safetyNumbers: SafetyNumbers;
  readonly app: { fetch(request: Request): Promise<Response> };
  /** Looks for a newer CRL now, and ends the sessions of peers it lists. */
  checkRevocations(): Promise<void>;
  /**
   * Ends the background work; sessions end without a CLOSE, and with what waits for an answer by `reason` where there is one. Resolves
   * when everything that was kept is written.
   */
  stop(reason?: ParleyError): Promise<void>;
}
