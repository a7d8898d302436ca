import type { Bytes } from '../../../protocol/bytes.ts';
import type { PeerIdentity } from '../../../protocol/handshake/identity.ts';

/** What a member says of a group's log and epoch: the answer to `parley.group_state` (groups page, section 5, *Forks*). */
export interface GroupStateAnswer {
  readonly index: number;
  readonly head: Bytes;
  readonly epoch: number;
  /** H(label("group authenticator") || epoch_authenticator) of the epoch at that index. */
  readonly authenticator: Bytes;
}

/** What a member that is stranded sends. `keyPackage`: the MLSMessage; `reason`: up to 200 characters. */
export interface Rejoining {
  readonly groupId: string;
  readonly keyPackage: Bytes;
  readonly reason: string;
}

/** The methods that members call over their pairwise sessions. Each rejects with the code that stopped it: `unknown_group`, `peer_unreachable`, … */
export interface PairwiseMethods {
  groupState(peerId: string, groupId: string, index: number): Promise<GroupStateAnswer>;
  groupRejoin(peerId: string, rejoining: Rejoining): Promise<void>;
  groupDecline(peerId: string, groupId: string): Promise<void>;
}

/** What the answers of this agent to these methods stand on. */
export interface MemberAnswers {
  /** True when both this agent and the peer are members now. Everything else answers as an unknown group does. */
  isMember(groupId: string, peerId: string): boolean;
  /** Returns what this agent knows at an index, or at its newest when that is lower; undefined for one that is no longer kept. */
  stateAt(groupId: string, index: number): Promise<GroupStateAnswer | undefined>;
  /**
   * Takes a member in again by a KeyPackage that passed every check but trust and that its credential begins after that of the leaf. `peer` is
   * the session's. Resolves once it is queued.
   */
  rejoin(peer: PeerIdentity, rejoining: Rejoining): Promise<void>;
  /** Hears that a member does not want to come. */
  declined(groupId: string, peerId: string): Promise<void>;
}
