import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { Served } from '../attacker/served.ts';
import { inOurTime } from '../run/eventually.ts';
import { groupOf, heard, leafKeyOf, tellGroup } from '../run/group-facts.ts';
import type { GroupTry } from '../run/group-run.ts';
import type { GroupStage } from '../run/group-stage.ts';
import { failureOf } from '../run/run.ts';
import type { LabAgent } from '../run/world.ts';

/** Two groups into which Helper was invited by one KeyPackage. */
interface Twice {
  readonly stranger: LabAgent;
  readonly first: string;
  readonly second: string;
}

/** The service hands one KeyPackage of Helper's to two adders. */
export const keyPackagesTwice: readonly GroupTry<Served>[] = [
  {
    id: 'key-package-twice',
    title: 'The service gives one KeyPackage to two adders',
    act: async (served) => {
      const { stage } = served;
      const { helper } = stage;
      const kept = await stage.world.deliveryStore.takeKeyPackage(helper.agentId);
      const { stranger, first, second } = await addedTwice(served, kept?.bytes, 'once');
      await stage.join(helper, first);
      const failure = await failureOf(stage.meanwhile('Helper accepts', helper.agent.groups.accept(second)));
      const isIn = groupOf(helper, second) !== undefined;
      // The one who invited is asked to add Helper by another KeyPackage, which comes as an invitation, too.
      const isInvited = () => helper.agent.groups.invitations().some(({ groupId }) => groupId === second);
      await inOurTime('Helper is invited again', isInvited);
      await stage.join(helper, second);
      const keys = [await leafKeyOf(helper, first), await leafKeyOf(helper, second)] as const;
      const isRead = await talks(stage, stranger, second);
      return {
        succeeded: failure === undefined || isIn || keys[0] === keys[1] || !isRead,
        refusal: { by: 'helper', code: failure?.code ?? '', of: 'call' },
        evidence: [
          'Traveller and a third agent each made a group and added Helper by the same one-time KeyPackage.',
          `Helper joined the first group, and deleted the KeyPackage’s private part with that. Joining the second by it ended with ${failure?.code ?? 'a second use'}.`,
          'Helper then asked who had invited it to add it by a new KeyPackage, over their own session, and was invited again.',
          `Helper’s leaf key is ${keys[0]} in the first group and ${keys[1]} in the second.`,
          tellGroup(helper, second),
        ],
      };
    },
  },
  {
    id: 'last-resort-twice',
    title: 'The service gives the last-resort KeyPackage to two adders',
    act: async (served) => {
      const { stage } = served;
      const { helper } = stage;
      const kept = await stage.world.deliveryStore.lastResort(helper.agentId);
      const { stranger, first, second } = await addedTwice(served, kept, 'last resort');
      const keys = () => Promise.all([leafKeyOf(helper, first), leafKeyOf(helper, second)]);
      await stage.join(helper, first);
      await stage.join(helper, second);
      for (const groupId of [first, second]) {
        await stage.eventually('Helper renews its leaf', () => (groupOf(helper, groupId)?.epoch ?? 0) > 1);
      }
      const [one, other] = await keys();
      const isRead = await talks(stage, stranger, second);
      return {
        succeeded: one === other || !isRead,
        evidence: [
          'A last-resort KeyPackage may be used more than once: it is what is left when all others are taken.',
          'Helper joined both groups by it. Its first commit in each, at once, brought new keys.',
          `Helper’s leaf key is ${one} in the first group and ${other} in the second.`,
          tellGroup(helper, first),
          tellGroup(helper, second),
        ],
      };
    },
  },
];

/** Has Traveller and a third agent make a group each, and invite Helper by this KeyPackage. */
async function addedTwice(
  { stage, service, stranger: opening }: Served,
  kept: Bytes | undefined,
  name: string,
): Promise<Twice> {
  if (kept === undefined) throw new ParleyError('no_key_package', 'Helper has left no KeyPackage.');
  const { traveller, helper } = stage;
  const stranger = await opening;
  service.handOut(helper.agentId, kept);
  const make = async (adder: LabAgent) => {
    const made = adder.agent.groups.create({ name: `${adder.party}: ${name}`, invite: [helper.agentId] });
    const { groupId } = await stage.meanwhile(`${adder.agentId} adds Helper`, made);
    const invitations = () => helper.agent.groups.invitations().some((one) => one.groupId === groupId);
    await stage.eventually('Helper is invited', invitations);
    return groupId;
  };
  const twice = { stranger, first: await make(traveller), second: await make(stranger) };
  service.repent();
  return twice;
}

/** True when what Helper says in a group is read there. */
async function talks(stage: GroupStage, reader: LabAgent, groupId: string): Promise<boolean> {
  await stage.say(stage.helper, groupId, 'said by Helper');
  await stage.eventually('it is read', () => heard(reader, groupId, 'said by Helper'));
  return heard(reader, groupId, 'said by Helper')?.group?.apart === undefined;
}
