import { equalConstantTime } from '../../protocol/bytes.ts';
import { unixSeconds } from '../../protocol/crypto/environment.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { AuditRecorder } from '../audit/recorder.ts';
import type { CertificateChecks } from '../controller/certificate-checks.ts';
import { findCertifiedPeer } from '../controller/certified-peer.ts';
import type { OwnCertificates } from '../controller/own-certificates.ts';
import type { Presence } from '../controller/presence.ts';
import { type StartedGroups, startGroups } from '../groups/start-groups.ts';
import type { Answerers } from '../messages/answerers.ts';
import type { Inbox } from '../messages/inbox.ts';
import type { OwnMethods } from '../messages/own-methods.ts';
import type { PeerCalls } from '../messages/peer-calls.ts';
import type { Pauses } from '../sessions/pauses.ts';
import type { SessionTable } from '../sessions/session-table.ts';
import type { VerifiedPeers } from '../trust/verified-peers.ts';
import type { HistoryService } from './history-service.ts';
import type { StartDeps } from './ready-agent.ts';

/** What groups stand on. */
export interface OpenGroupsDeps {
  readonly checks: CertificateChecks;
  readonly own: OwnCertificates;
  readonly verified: VerifiedPeers;
  readonly service: HistoryService;
  readonly answerers: Answerers;
  readonly inbox: Inbox;
  readonly pauses: Pauses;
  readonly presence: Presence;
  readonly sessions: SessionTable;
  readonly ownMethods: OwnMethods;
  readonly peerCalls: PeerCalls;
  readonly audit: Pick<AuditRecorder, 'groupEntry'>;
}

/** What the directory answers when an agent has no valid certificate of a key. */
const denied = new Set<string>(['certificate_revoked', 'certificate_expired', 'unknown_agent']);

/** Opens this agent's groups; undefined where there is no delivery service. Rejects with `storage_failed`. */
export async function openGroups(deps: StartDeps, parts: OpenGroupsDeps): Promise<StartedGroups | undefined> {
  const { deliveryUrl, activity, environment, controller } = deps;
  if (deliveryUrl === undefined) return undefined;
  const { checks, own, verified, service, answerers, inbox, pauses, presence, ownMethods, peerCalls, audit } = parts;
  const started = await startGroups({
    ...deps,
    ...{
      deliveryUrl,
      pauses,
      presence,
      ownMethods,
      peerCalls,
      audit,
      verified,
      keys: service.keys,
      history: service.history,
    },
    isConnected: (agentId) => parts.sessions.withPeer(agentId) !== undefined,
    identity: own.identity,
    caCertificate: deps.registration.caCertificate,
    revocations: checks.revocations,
    hasValidCertificate: async (agentId, spki) => {
      try {
        const now = unixSeconds(environment);
        const { peer } = await findCertifiedPeer(controller, checks.verifyCertificates, agentId, now);
        return equalConstantTime(peer.signingSpki, spki);
      } catch (cause) {
        return cause instanceof ParleyError && denied.has(cause.code) ? false : undefined;
      }
    },
    // Nobody can be blocked yet.
    isBlocked: () => false,
    deleteHistory: (conversation) => service.deleteHistory(conversation),
    followDeletions: (listener) => service.followDeletions(listener),
    talk: {
      ...{ activity, answerers, inbox, inGroups: service.inGroups },
      isByPerson: () => inbox.answering === 'person',
      // Every peer may call every method that there is, over a session as well.
      permits: () => true,
    },
  });
  const unfollow = parts.sessions.follow((agentId) => started.looking.met(agentId));
  return {
    ...started,
    stop: () => {
      unfollow();
      return started.stop();
    },
  };
}
