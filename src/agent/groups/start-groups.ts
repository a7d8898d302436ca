import type { Bytes } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import type { OwnIdentity } from '../../protocol/handshake/identity.ts';
import type { AuditRecorder } from '../audit/recorder.ts';
import type { GroupsApi } from '../contracts/groups-api.ts';
import type { HistoryKeys } from '../contracts/history-store.ts';
import type { NoticeFeed } from '../contracts/notices.ts';
import type { AgentStore, Network, Scheduler } from '../contracts/ports.ts';
import type { AgentEvent } from '../contracts/views.ts';
import type { ControllerClient } from '../controller/client.ts';
import type { OwnClock } from '../controller/own-clock.ts';
import type { Presence } from '../controller/presence.ts';
import type { Revocations } from '../controller/revocations.ts';
import type { History } from '../history/history.ts';
import type { Away } from '../messages/away.ts';
import type { OwnMethods } from '../messages/own-methods.ts';
import type { Pauses } from '../sessions/pauses.ts';
import type { VerifiedPeers } from '../trust/verified-peers.ts';
import { OfflineMessages } from './direct/offline-messages.ts';
import type { DirectPort } from './direct/ports.ts';
import { ControllerEvidence } from './evidence/controller-evidence.ts';
import { keptAuthorities } from './evidence/kept-authorities.ts';
import { Groups } from './groups.ts';
import { LeafIdentities } from './identity/leaf-identities.ts';
import { CheckedGroups } from './input/checked-groups.ts';
import { Declines } from './invitations/declines.ts';
import { InvitationKeeper } from './invitations/invitation-keeper.ts';
import { OwnerConsent } from './invitations/owner-consent.ts';
import { KeyPackageKeeper } from './key-packages/key-package-keeper.ts';
import { PairwiseAnswers } from './members/pairwise-answers.ts';
import { type CallsPeers, PairwiseCalls } from './members/pairwise-calls.ts';
import { Rejoins } from './members/rejoins.ts';
import { SealedRows } from './rows/sealed-rows.ts';
import { AnswersToMembers } from './runtime/answers-to-members.ts';
import { forgetGroup } from './runtime/forget-group.ts';
import { GroupStarter } from './runtime/group-starter.ts';
import { GroupTable } from './runtime/group-table.ts';
import { GroupJoiner } from './runtime/joiner.ts';
import { GroupsLooking } from './runtime/looking.ts';
import { GroupsForTalk } from './runtime/talk-port.ts';
import { closeService } from './service/closing.ts';
import { DeliveryClient } from './service/delivery-client.ts';
import { DeliveryHttp } from './service/delivery-http.ts';
import { DeliveryToken } from './service/delivery-token.ts';
import { NoticeStream } from './service/notice-stream.ts';
import type { TrustsDeps } from './state/trusts.ts';
import { GroupTalk } from './talk/talk.ts';
import type { TalkDeps } from './talk/talk-deps.ts';

/** What an agent's groups are put together from. */
export interface StartGroupsDeps {
  readonly environment: Environment;
  readonly store: AgentStore;
  readonly network: Network;
  readonly scheduler: Scheduler;
  readonly emit: (event: AgentEvent) => void;
  readonly controller: ControllerClient;
  readonly deliveryUrl: string;
  readonly notices?: NoticeFeed | undefined;
  readonly clock: OwnClock;
  readonly revocations: Revocations;
  readonly verified: VerifiedPeers;
  readonly identity: OwnIdentity;
  /** DER of the CA that is pinned. */
  readonly caCertificate: Bytes;
  readonly keys: HistoryKeys;
  readonly history: History;
  readonly pauses: Pauses;
  readonly presence: Pick<Presence, 'isOffline'>;
  readonly ownMethods: OwnMethods;
  readonly peerCalls: CallsPeers;
  /** True while there is a session with an agent. */
  readonly isConnected: (agentId: string) => boolean;
  readonly hasValidCertificate: TrustsDeps['hasValidCertificate'];
  /** True for an agent whose invitations are not even shown. */
  readonly isBlocked: (agentId: string) => boolean;
  readonly deleteHistory: (conversation: string) => Promise<unknown>;
  readonly followDeletions: (listener: (conversation: string) => void) => () => void;
  readonly audit: Pick<AuditRecorder, 'groupEntry'>;
  readonly talk: Omit<TalkDeps, 'self' | 'port' | 'history' | 'scheduler' | 'now' | 'random'>;
}

/** An agent's groups at work. */
export interface StartedGroups {
  readonly groups: GroupsApi;
  readonly talk: GroupTalk;
  readonly looking: GroupsLooking;
  /** Leaves requests for peers that are away. */
  readonly away: Away;
  /** Ends all work at once, but for calls under way: resolves within seconds, once nothing of it is left. */
  stop(): Promise<void>;
}

/** Takes this agent's groups up where they are stored. Nothing of them is at work before `looking.start`. Rejects with `storage_failed`. */
export async function startGroups(deps: StartGroupsDeps): Promise<StartedGroups> {
  const { environment, store, scheduler, emit, controller, history, verified, identity } = deps;
  const { subtle } = environment;
  const selfId = identity.agentId;
  const now = () => environment.now();
  const chance = () => (environment.random(1)[0] ?? 0) / 256;
  const rows = new SealedRows({ agentId: selfId, store, history, keys: deps.keys, environment });
  const identities = new LeafIdentities({ own: identity, environment, keepsKeysAsFiles: store.keepsKeysAsFiles });
  const { http, service, stream } = deliveryOf(deps, chance);
  const { clock, revocations } = deps;
  const serviceNow = () => clock.theirs;
  const evidence = new ControllerEvidence({
    ...{ controller, revocations, rows, now, serviceNow, chance },
    pinned: deps.caCertificate,
  });
  const table = new GroupTable();
  const port = new GroupsForTalk(selfId, table, rows);
  const random = (length: number) => environment.random(length);
  const talk = new GroupTalk({ ...deps.talk, self: selfId, port, history, scheduler, now, random });
  const authorities = await keptAuthorities(rows, deps.caCertificate);
  const { presence, pauses } = deps;
  const judging = { evidence, authorities, revocations, verified, hasValidCertificate: deps.hasValidCertificate };
  const keyPackages = new KeyPackageKeeper({
    ...{ rows, identities, service, environment, scheduler, chance },
    isInUse: (keyId) => table.isOwnLeafKey(keyId),
  });
  const methods = new PairwiseCalls(deps.peerCalls);
  const rejoins = new Rejoins({ methods, keyPackages, scheduler });
  const running = {
    ...{ rejoins, methods, isConnected: deps.isConnected },
    forget: (groupId: string) => forgetGroup({ table, talk, rows, emit, deleteHistory: deps.deleteHistory }, groupId),
    ...judging,
    isKeyUsedBeside: (groupId: string, keyId: string) =>
      keyPackages.holdsKey(keyId) || table.isLeafKeyBeside(groupId, keyId),
    ...{ audit: deps.audit, presence, pauses, serviceNow },
    ...{ selfId, service, talk, rows, stored: rows, history, subtle, environment, scheduler, emit, identities, chance },
    ownCertificate: () => sha256(subtle, identity.certificates.signing),
    verificationOf: (peerId: string) => verified.view(peerId).verification,
  };
  const starter = new GroupStarter(running, table);
  await starter.load();
  const joiner = new GroupJoiner({ keyPackages, rows, subtle, now }, table, starter);
  const answers = new AnswersToMembers({ ...judging, selfId, table, rows, environment });
  new PairwiseAnswers({ answers, evidence, authorities: () => authorities, now }).register(deps.ownMethods);
  const declines = new Declines({ rows, methods, scheduler, now });
  await declines.load();
  const consent = new OwnerConsent({ subtle, rows, verified, history, emit, isBlocked: deps.isBlocked });
  await consent.load();
  const invitations = new InvitationKeeper({
    ...{ selfId, subtle, service, keyPackages, evidence, rows, joiner, declines, rejoins, scheduler, emit, now },
    authorities: () => authorities,
    consent,
    verificationOf: running.verificationOf,
  });
  await invitations.load();
  const notices = { feed: deps.notices, stream };
  const looking = new GroupsLooking({ table, invitations, declines, keyPackages, notices, scheduler, chance });
  const groups = new Groups({
    ...judging,
    ...{ presence, pauses },
    ...{ selfId, table, starter, talk, invitations, consent, identities, looking, rows, service, environment, emit },
    deleteHistory: deps.deleteHistory,
  });
  const unfollowDeletions = deps.followDeletions((conversation) => talk.deletedFrom(conversation));
  return {
    groups: new CheckedGroups(groups),
    talk,
    looking,
    away: new OfflineMessages({ port: directGroups(table, groups), talk, now }),
    stop: async () => {
      unfollowDeletions();
      looking.stop();
      invitations.stop();
      rejoins.stop();
      talk.stop();
      await closeService({ http, service, scheduler });
      await Promise.all([keyPackages.settled(), looking.settled()]);
    },
  };
}

/** Returns what messages for peers that are away are left in. */
function directGroups(table: GroupTable, groups: Groups): DirectPort {
  return {
    directGroups: (peerId) =>
      table
        .all()
        .map(({ group }) => group.standing)
        .filter(({ kind, members }) => kind === 'direct' && members.includes(peerId))
        .map(({ groupId, status, isLeaving }) => ({
          groupId,
          isUsable: (status === 'member' || status === 'creating') && !isLeaving,
        })),
    createDirect: (peerId) => groups.createDirect(peerId),
  };
}

/** Returns the calls of the delivery service, and its stream of notices where the network has streams. */
function deliveryOf(deps: StartGroupsDeps, chance: () => number) {
  const { environment, network, deliveryUrl, identity, clock, pauses } = deps;
  const http = new DeliveryHttp(network, deliveryUrl, () => environment.now());
  const { agentId, signingKey } = identity;
  const token = new DeliveryToken({ http, agentId, signingKey, environment, clock });
  const service = new DeliveryClient({ http, token, pauses, isStopped: () => pauses.isStopped, chance });
  return { http, service, stream: network.stream === undefined ? undefined : new NoticeStream(http, token) };
}
