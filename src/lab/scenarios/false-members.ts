import type { GroupState } from '../../mls/group/group-state.ts';
import { certifyFalseHelper } from '../attacker/false-helper.ts';
import type { Served } from '../attacker/served.ts';
import { tryToRead } from '../attacker/try-to-read.ts';
import { groupOf, membersOf, tellGroup } from '../run/group-facts.ts';
import type { GroupFacts, GroupTry } from '../run/group-run.ts';
import type { GroupStage } from '../run/group-stage.ts';
import { failureOf } from '../run/run.ts';

const secret = 'The key is under the fourth stone';
const certified =
  'The Controller issued a second certificate for helper_agent_001, with the attacker’s key, and the delivery service beside it gives everybody a KeyPackage of that one.';

/** The Controller's false Helper becomes a member of a group. Each is tried on a stage of its own. */
export const falseMembers: readonly GroupTry<Served>[] = [
  {
    id: 'false-member-invited',
    title: 'Traveller has verified Helper, and invites a false one into a group',
    act: async (served) => {
      await verify(served);
      await certifyFalseHelper(served.stage.world, served.service);
      const { traveller, helper } = served.stage;
      const { groupId } = await made(served);
      const inviting = traveller.agent.groups.invite(groupId, [helper.agentId]);
      const failure = await failureOf(served.stage.meanwhile('Traveller invites Helper', inviting));
      return {
        succeeded: failure === undefined || membersOf(traveller, groupId).includes(helper.agentId),
        refusal: { by: 'traveller', code: failure?.code ?? '', of: 'call' },
        evidence: [
          certified,
          `Traveller’s call ended with ${failure?.code ?? 'a new member'}.`,
          tellGroup(traveller, groupId),
        ],
      };
    },
  },
  {
    id: 'false-member-added',
    title: 'An admin who has not compared adds a false Helper beside Traveller, who has',
    act: async (served) => {
      const { stage } = served;
      await verify(served);
      const readAs = await certifyFalseHelper(stage.world, served.service);
      const { traveller, helper } = stage;
      const admin = await served.stranger;
      const making = admin.agent.groups.create({ name: 'Trip', invite: [traveller.agentId, helper.agentId] });
      const { groupId } = await stage.meanwhile('the admin makes a group', making);
      await stage.join(traveller, groupId);
      const trust = () => groupOf(traveller, groupId)?.members.find(({ agentId }) => agentId === helper.agentId)?.trust;
      await stage.eventually('Traveller judges the members', () => trust() !== 'waiting' && trust() !== undefined);
      const failure = await failureOf(stage.say(traveller, groupId, secret));
      const read = failure === undefined ? await readBy(served, groupId, await readAs()) : undefined;
      return {
        succeeded: read === 'read' || trust() === 'trusted',
        refusal: { by: 'traveller', code: failure?.code ?? '', of: 'call' },
        evidence: [
          certified,
          `${admin.agentId} has never compared safety numbers with Helper, made the group and added it.`,
          `Traveller is in the group and says of ${helper.agentId}: ${trust()}. It sends nothing while such a member is in: its call ended with ${failure?.code ?? 'no error'}.`,
          tellGroup(traveller, groupId),
        ],
      };
    },
  },
  {
    id: 'false-member-unverified',
    title: 'Nobody has compared the safety number, and a false Helper is invited into a group',
    act: async (served): Promise<GroupFacts> => {
      const { stage } = served;
      const readAs = await certifyFalseHelper(stage.world, served.service);
      const { traveller, helper } = stage;
      const { groupId } = await made(served);
      const inviting = traveller.agent.groups.invite(groupId, [helper.agentId]);
      const failure = await failureOf(stage.meanwhile('Traveller invites Helper', inviting));
      const state = failure === undefined ? await readAs() : undefined;
      if (state !== undefined) await stage.say(traveller, groupId, secret);
      const read = state === undefined ? failure?.code : await readBy(served, groupId, state);
      return {
        succeeded: read === 'read',
        expected: 'succeeded',
        refusal: { by: 'traveller', code: failure?.code ?? '', of: 'call' },
        evidence: [
          certified,
          read === 'read'
            ? `The false Helper read “${secret}” in Traveller’s group. No certificate can show this: only the safety number can, and it was not compared.`
            : `The false Helper read nothing: ${read}.`,
          tellGroup(traveller, groupId),
        ],
      };
    },
  },
];

async function verify({ stage: { traveller, helper } }: Served): Promise<void> {
  const { keyFingerprint } = await traveller.agent.safetyNumber(helper.agentId);
  await traveller.agent.markVerified(helper.agentId, keyFingerprint);
}

/** Has Traveller make a group of its own. */
function made({ stage }: Served) {
  return stage.meanwhile('Traveller makes a group', stage.traveller.agent.groups.create({ name: 'Trip' }));
}

function readBy({ stage }: { readonly stage: GroupStage }, groupId: string, state: GroupState): Promise<string> {
  return tryToRead(stage, { groupId, from: stage.traveller, text: secret }, state);
}
