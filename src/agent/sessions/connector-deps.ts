import type { OwnIdentity } from '../../protocol/handshake/identity.ts';
import type { ResumptionContext } from '../../protocol/handshake/resumption/record.ts';
import type { Observer } from '../../protocol/trace/events.ts';
import type { ControllerClient } from '../controller/client.ts';
import type { OwnClock } from '../controller/own-clock.ts';
import type { AgentHandshakeMemory } from './handshake-memory.ts';
import type { HandshakePostDeps } from './handshake-post.ts';
import type { Pauses } from './pauses.ts';
import type { SettlingDeps } from './settle-session.ts';

/** What the connector works with. */
export interface ConnectorDeps extends HandshakePostDeps, SettlingDeps {
  readonly identity: OwnIdentity;
  readonly controller: ControllerClient;
  readonly memory: AgentHandshakeMemory;
  readonly pauses: Pauses;
  readonly clock: OwnClock;
  /** Returns the handshake's context for one observer. */
  context(observe: Observer): ResumptionContext;
  /** Returns the same for a resumption, which goes on with a superseded certificate (protocol page, section 5). */
  resumptionContext(observe: Observer): ResumptionContext;
}
