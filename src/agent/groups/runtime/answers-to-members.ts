import { membersIn } from '../../../group/credential/members.ts';
import type { GroupMember } from '../../../group/member/group-member.ts';
import { loadAuthenticator, loadHead } from '../../../group/storage/load.ts';
import { toLeafIndex } from '../../../mls/indices.ts';
import { leafAt } from '../../../mls/tree/ratchet-tree.ts';
import { type Bytes, equalConstantTime } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { PeerIdentity } from '../../../protocol/handshake/identity.ts';
import { removing } from '../commits/changes.ts';
import type { Intent } from '../commits/intents.ts';
import { checkInvitee } from '../commits/invitees.ts';
import type { GroupStateAnswer, MemberAnswers } from '../members/pairwise.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import type { TrustsDeps } from '../state/trusts.ts';
import { adminsIn } from '../state/view.ts';
import type { GroupTable } from './group-table.ts';

/** What members are answered from. */
export interface AnswersToMembersDeps extends TrustsDeps {
  readonly selfId: string;
  readonly table: GroupTable;
  readonly rows: Pick<GroupRows, 'read' | 'all'>;
}

/** Answers what members ask over their pairwise sessions (groups page, section 5: coming back, forks, consent). */
export class AnswersToMembers implements MemberAnswers {
  readonly #deps: AnswersToMembersDeps;

  constructor(deps: AnswersToMembersDeps) {
    this.#deps = deps;
  }

  isMember(groupId: string, peerId: string): boolean {
    const group = this.#deps.table.get(groupId)?.group;
    if (group?.member === undefined || group.standing.status !== 'member') return false;
    return membersIn(group.member.state.tree).some(({ agentId }) => agentId === peerId);
  }

  async stateAt(groupId: string, index: number): Promise<GroupStateAnswer | undefined> {
    const { rows, table } = this.#deps;
    const { member } = table.require(groupId).group;
    const at = Math.min(index, (member?.next ?? 0) - 1);
    const head = await loadHead({ read: (part) => rows.read(groupId, part) }, at);
    const of = await loadAuthenticator({ all: (prefix) => rows.all(groupId, prefix) }, at);
    if (head === undefined || of === undefined) return undefined;
    return { index: at, head, epoch: of.epoch, authenticator: of.authenticator };
  }

  async rejoin(
    { agentId }: PeerIdentity,
    { groupId, keyPackage }: { readonly groupId: string; readonly keyPackage: Bytes },
  ): Promise<void> {
    this.#queue(groupId, this.#takingIn(agentId, groupId, keyPackage));
  }

  async declined(groupId: string, peerId: string): Promise<void> {
    const { table, selfId } = this.#deps;
    const { member } = table.require(groupId).group;
    if (member !== undefined && adminsIn(member).includes(selfId)) this.#queue(groupId, removing(selfId, [peerId]));
  }

  /** Has it done; that it could not be is told to nobody: who asked asks again. */
  #queue(groupId: string, plan: Intent['plan']): void {
    void Promise.allSettled([this.#deps.table.require(groupId).commit(plan)]);
  }

  #takingIn(agentId: string, groupId: string, bytes: Bytes): Intent['plan'] {
    return async (member) => {
      const former = membersIn(member.state.tree).find((one) => one.agentId === agentId);
      if (former === undefined) throw new ParleyError('unknown_group', `${agentId} is not in the group any more.`);
      const keyPackage = await checkInvitee(this.#deps, agentId, bytes, groupId);
      const leaf = toLeafIndex(former.leaf);
      if (isLeafOf(member, leaf, keyPackage.leafNode.signatureKey)) return undefined;
      return { rejoin: { leaf, keyPackage } };
    };
  }
}

function isLeafOf({ state }: GroupMember, leaf: ReturnType<typeof toLeafIndex>, signatureKey: Bytes): boolean {
  const node = leafAt(state.tree, leaf);
  return node !== undefined && equalConstantTime(node.signatureKey, signatureKey);
}
