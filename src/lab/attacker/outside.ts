import { type GroupId, groupIdBytes, isGroupId } from '../../group/log/group-id.ts';
import type { GroupContext } from '../../mls/structures/group-context.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { groupOf } from '../run/group-facts.ts';
import { GroupStage } from '../run/group-stage.ts';
import type { Lab } from '../run/run.ts';
import { DishonestMember } from './dishonest-member.ts';

/** A group of Traveller and Helper, and the attacker, who is not in it. */
export class Outside {
  readonly stage: GroupStage;
  readonly mallory: DishonestMember;
  readonly groupId: GroupId;

  private constructor(stage: GroupStage, mallory: DishonestMember, groupId: GroupId) {
    this.stage = stage;
    this.mallory = mallory;
    this.groupId = groupId;
  }

  static async open(lab: Lab): Promise<Outside> {
    const stage = await GroupStage.open(lab);
    const groupId = await stage.group('Two of us');
    if (!isGroupId(groupId)) throw new ParleyError('internal_error', 'The group has no group_id.');
    return new Outside(stage, await DishonestMember.register(stage.world), groupId);
  }

  /** What the clear heads of the group's messages show to everybody who gets them. */
  get clear(): Pick<GroupContext, 'groupId' | 'epoch'> {
    return { groupId: groupIdBytes(this.groupId), epoch: BigInt(this.epoch) };
  }

  get epoch(): number {
    return groupOf(this.stage.traveller, this.groupId)?.epoch ?? 0;
  }

  close(): void {
    this.stage.close();
  }
}
