import type { AgentId } from '../protocol/bytes.ts';
import type { Environment } from '../protocol/crypto/environment.ts';
import type { AuditLimits } from './audit/audit-trail-api.ts';
import type { NoticeFeed } from './contracts/notices.ts';
import type {
  AgentStore,
  EventFeed,
  GenerateRsa,
  Network,
  OwnConnection,
  Scheduler,
  SignRelayClaim,
} from './contracts/ports.ts';
import type { AgentEvent } from './contracts/views.ts';
import type { MethodRegistry } from './messages/methods.ts';
import type { SessionLimits } from './sessions/handshake-memory.ts';

/** Everything an agent is given. */
export interface AgentDeps {
  readonly agentId: AgentId;
  /** Base URL without a trailing slash. */
  readonly address: string;
  readonly controllerUrl: string;
  /** Base URL of the server with the delivery service; without one there are no groups. */
  readonly deliveryUrl?: string | undefined;
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
  /** Notices of the delivery service, where a connection of the agent carries them; otherwise its stream is followed. */
  readonly notices?: NoticeFeed;
  /** Absent for an agent without a connection of its own. */
  readonly ownConnection?: OwnConnection;
  /** True where the directory sees of every address whether an agent answers there, also without a relay. */
  readonly isPresenceKnown?: boolean;
  /** Reads the bytes of answers by itself, for a person who looks; see `ReadAnswers`. Else a program asks for them, or they are let go. */
  readonly readsAnswers?: boolean;
}
