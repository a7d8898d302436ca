import { DishonestMember } from '../attacker/dishonest-member.ts';
import type { Outside } from '../attacker/outside.ts';
import type { GroupFacts, GroupTry } from '../run/group-run.ts';
import type { GroupStage } from '../run/group-stage.ts';
import type { LabAgent } from '../run/world.ts';

/** Invitations in all, and of one inviter (parley-group/1, section 5, *Consent*). */
const [most, mostOfInviter] = [32, 4];
/** Inviters of the second flood beside the one of the first: with four each they fill every place. */
const others = 7;

/** Invitations without end, of one inviter and of many. */
export const invitationFloods: readonly GroupTry<Outside>[] = [
  {
    id: 'floods',
    title: 'One inviter floods Helper with invitations',
    act: async ({ stage, mallory }) => {
      const groupId = await invited(stage, 'Before the flood');
      const made = 6;
      for (let i = 1; i <= made; i++) await mallory.found(`Flood ${i}`, [stage.helper]);
      await settled(stage, `Flood ${made}`);
      return judged(stage, [groupId], `The attacker made ${made} groups and invited Helper into each.`);
    },
  },
  {
    id: 'floods-as-many',
    title: 'Many inviters fill every place',
    act: async ({ stage, mallory }) => {
      const before = await invited(stage, 'Before the many');
      let made = 0;
      for (let i = 1; i <= others; i++) {
        const flooder = await DishonestMember.register(stage.world, `flooder_agent_00${i}`);
        for (let j = 1; j <= mostOfInviter; j++) {
          made += 1;
          await flooder.found(`Many ${made}`, [stage.helper]);
        }
      }
      await settled(stage, `Many ${made}`);
      const full = stage.helper.agent.groups.invitations().length;
      const after = await invited(stage, 'After the many');
      const words = `${others} identities of the attacker’s made ${made} groups beside those of ${mallory.agentId}. Helper had ${full} invitations then, and Traveller invited once more.`;
      return judged(stage, [before, after], words);
    },
  },
];

/** Has Traveller make a group and invite Helper, who does not answer. Returns the group_id. */
async function invited(stage: GroupStage, name: string): Promise<string> {
  const { traveller, helper } = stage;
  const making = traveller.agent.groups.create({ name, invite: [helper.agentId] });
  const { groupId } = await stage.meanwhile('Traveller invites', making);
  await settled(stage, name);
  return groupId;
}

/** Lets time pass until Helper has read the invitation into a group of this name. */
async function settled(stage: GroupStage, name: string): Promise<void> {
  const { helper } = stage;
  await stage.eventually(`Helper is invited into “${name}”`, () =>
    invitationsOf(helper).some((one) => one.name === name),
  );
}

function invitationsOf({ agent }: LabAgent) {
  return agent.groups.invitations();
}

/** The flood succeeded when it broke a bound, or when Helper cannot accept what Traveller invited it into. */
async function judged(stage: GroupStage, wanted: readonly string[], words: string): Promise<GroupFacts> {
  const { traveller, helper } = stage;
  const list = invitationsOf(helper);
  const byInviter = new Map<string, number>();
  for (const { inviter } of list) byInviter.set(inviter, (byInviter.get(inviter) ?? 0) + 1);
  const isOver = list.length > most || [...byInviter.values()].some((count) => count > mostOfInviter);
  const isPushedOut = wanted.some((groupId) => !list.some((one) => one.groupId === groupId));
  let stopped: LabAgent | undefined;
  if (!isPushedOut) {
    for (const groupId of wanted) await stage.join(helper, groupId);
    stopped = await stage.stopped(wanted.at(-1) ?? '', 'after the flood');
  }
  return {
    succeeded: isOver || isPushedOut || stopped !== undefined,
    evidence: [
      words,
      `Helper shows ${list.length} invitations, ${byInviter.get(traveller.agentId) ?? 0} of them of Traveller. No inviter has more than ${Math.max(...byInviter.values())}: the oldest of whoever has the most goes. Nothing was joined.`,
      isPushedOut
        ? 'Traveller’s invitation was pushed out.'
        : `Helper accepted what Traveller had invited it into${stopped === undefined ? ', and the two talked there' : '; they could not talk there'}.`,
    ],
  };
}
