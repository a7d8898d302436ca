import { groupIdBytes, isGroupId } from '../../group/log/group-id.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { garbage } from '../attacker/craft-group.ts';
import { putInLog } from '../attacker/put-in-log.ts';
import type { Served } from '../attacker/served.ts';
import { groupOf, membersOf, tellGroup } from '../run/group-facts.ts';
import type { GroupTry } from '../run/group-run.ts';
import { judgeCommitEntry } from '../run/judge-entry.ts';
import { failureOf } from '../run/run.ts';
import { mallory } from '../run/world.ts';

/** The service wants an agent of the attacker's among the members. */
export const ghostMembers: readonly GroupTry<Served>[] = [
  {
    id: 'ghost-listed',
    title: 'The service lists a ghost among the members',
    act: async ({ stage, service }) => {
      const { world, traveller, helper } = stage;
      const groupId = await stage.group('Ghost in the lists');
      const base = groupOf(traveller, groupId)?.next ?? 0;
      const members = [helper.agentId, mallory.agentId, traveller.agentId];
      for (const { party } of stage.honest) {
        service.show(party, (log) =>
          log.map((entry) => (entry.index === base ? { ...entry, members, admins: [traveller.agentId] } : entry)),
        );
      }
      await stage.meanwhile('Traveller renames the group', traveller.agent.groups.rename(groupId, 'Renamed'));
      await stage.hasRead(helper, groupId, base);
      const stopped = await stage.stopped(groupId, 'beside the ghost');
      const shown = stage.honest.map((agent) => membersOf(agent, groupId));
      await stage.meanwhile('Traveller renames it again', traveller.agent.groups.rename(groupId, 'Again'));
      const entries = await world.deliveryStore.entries(groupId, base + 1, 16);
      const corrected = entries.find(({ kind }) => kind === 'commit')?.lists?.members.join(', ');
      service.repent();
      return {
        succeeded: stopped !== undefined || shown.some((names) => names.includes(mallory.agentId)),
        evidence: [
          'The commit that renamed the group came to both with clear lists that name the ghost, and the heads of the log fit them.',
          ...stage.honest.map(({ agentId }, i) => `${agentId} says that the members are ${shown[i]}.`),
          'Members are the leaves of the tree. The clear lists say who may read and append at the service, which has every entry anyway.',
          `Traveller’s next commit gave the service the lists again: ${corrected ?? 'it did not'}.`,
        ],
      };
    },
  },
  {
    id: 'ghost-committed',
    title: 'The service adds a ghost by a commit of its own',
    act: async ({ stage }) => {
      const { world, traveller, helper } = stage;
      const groupId = await stage.group('Ghost by commit');
      if (!isGroupId(groupId)) throw new ParleyError('internal_error', 'The group has no group_id.');
      const epoch = groupOf(traveller, groupId)?.epoch ?? 0;
      const lists = { members: [helper.agentId, mallory.agentId, traveller.agentId], admins: [traveller.agentId] };
      const message = garbage({ groupId: groupIdBytes(groupId), epoch: BigInt(epoch) }, 'commit');
      const forged = { kind: 'commit', sender: traveller.agentId, message, lists } as const;
      const index = await putInLog(world, groupId, forged);
      const words =
        'The service wrote a commit into the log, named Traveller, who is the admin, as its sender, and listed the ghost. It has no key of the group to make one with.';
      return judgeCommitEntry(stage, { groupId, index, epoch }, words);
    },
  },
  {
    id: 'ghost-key-package',
    title: 'The service hands out the ghost’s KeyPackage as Helper’s',
    act: async ({ stage, service, ghost }) => {
      const { traveller, helper } = stage;
      const groupId = (
        await stage.meanwhile('Traveller makes a group', traveller.agent.groups.create({ name: 'Ghost' }))
      ).groupId;
      service.handOut(helper.agentId, (await (await ghost).makeKeyPackage()).bytes);
      const inviting = traveller.agent.groups.invite(groupId, [helper.agentId]);
      const failure = await failureOf(stage.meanwhile('Traveller invites Helper', inviting));
      service.repent();
      return {
        succeeded: failure === undefined || membersOf(traveller, groupId) !== traveller.agentId,
        refusal: { by: 'traveller', code: failure?.code ?? '', of: 'call' },
        evidence: [
          `Traveller asked for a KeyPackage of ${helper.agentId}. The service gave it one of ${mallory.agentId}, which is genuine.`,
          `Traveller’s call ended with ${failure?.code ?? 'a new member'}.`,
          tellGroup(traveller, groupId),
        ],
      };
    },
  },
];
