import { membersIn } from '../../group/credential/members.ts';
import type { GroupId } from '../../group/log/group-id.ts';
import type { LeafIndex } from '../../mls/indices.ts';
import type { LeafNode } from '../../mls/structures/leaf-node.ts';
import { leafAt } from '../../mls/tree/ratchet-tree.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { GroupFacts } from '../run/group-run.ts';
import { GroupStage } from '../run/group-stage.ts';
import { judgeCommitEntry } from '../run/judge-entry.ts';
import type { Lab } from '../run/run.ts';
import type { LabAgent } from '../run/world.ts';
import { DishonestMember } from './dishonest-member.ts';

/** A group of Traveller, who is its admin, Helper and the attacker, who is a member as they are. */
export class GroupWithAttacker {
  readonly stage: GroupStage;
  readonly mallory: DishonestMember;
  readonly groupId: GroupId;

  private constructor(stage: GroupStage, mallory: DishonestMember, groupId: GroupId) {
    this.stage = stage;
    this.mallory = mallory;
    this.groupId = groupId;
  }

  static async open(lab: Lab): Promise<GroupWithAttacker> {
    const stage = await GroupStage.open(lab);
    return GroupWithAttacker.#in(stage, await DishonestMember.register(stage.world), 'Trip');
  }

  static async #in(stage: GroupStage, mallory: DishonestMember, name: string): Promise<GroupWithAttacker> {
    const groupId = await mallory.found(name, stage.honest);
    for (const agent of stage.honest) await stage.join(agent, groupId);
    await mallory.appoint([stage.traveller.agentId]);
    for (const agent of stage.honest) await stage.hasRead(agent, groupId, mallory.member.lastCommit);
    return new GroupWithAttacker(stage, mallory, groupId);
  }

  /** Makes another such group of the same three. */
  again(name: string): Promise<GroupWithAttacker> {
    return GroupWithAttacker.#in(this.stage, this.mallory, name);
  }

  /** Returns the leaf index of a member. Throws `not_found` for who is none. */
  leafOf({ agentId }: Pick<LabAgent, 'agentId'>): LeafIndex {
    const found = membersIn(this.mallory.state.tree).find((member) => member.agentId === agentId);
    if (found === undefined) throw new ParleyError('not_found', `${agentId} has no leaf.`);
    return found.leaf;
  }

  /** Returns the leaves of both agents as they came with their KeyPackages: signed for no certain group. */
  copiedLeaves(): readonly LeafNode[] {
    const { tree } = this.mallory.state;
    const leaves = this.stage.honest.map((agent) => leafAt(tree, this.leafOf(agent)));
    return leaves.filter((leaf) => leaf?.source.type === 'key_package').filter((leaf) => leaf !== undefined);
  }

  /** Judges a commit that the attacker has appended; see `judgeCommitEntry`. */
  judged(index: number, words: string): Promise<GroupFacts> {
    const { groupId } = this;
    return judgeCommitEntry(this.stage, { groupId, index, epoch: Number(this.mallory.state.context.epoch) }, words);
  }

  close(): void {
    this.stage.close();
  }
}
