import { createMessageEntry } from '../../group/member/create-message-entry.ts';
import { messageAs } from '../attacker/craft-group.ts';
import type { GroupWithAttacker } from '../attacker/group-with-attacker.ts';
import { messageAt } from '../attacker/unsent.ts';
import { inOurTime } from '../run/eventually.ts';
import { countHeard, groupOf, membersOf, said, skippedBy } from '../run/group-facts.ts';
import type { GroupTry } from '../run/group-run.ts';
import { random } from '../run/world.ts';

const tools = { subtle: crypto.subtle, random };

/** A member copies the others' leaves into a group of its own, and invites somebody who is to believe that they are in it. */
export const falseGroup: GroupTry<GroupWithAttacker> = {
  id: 'false-group',
  title: 'A false group out of copied leaves',
  act: async (group) => {
    const { stage, mallory } = group;
    const { world, honest, helper } = stage;
    const stranger = await world.openStranger();
    await stage.hasKeyPackages(stranger);
    await mallory.readOn();
    const real = mallory.member;
    const copied = group.copiedLeaves();
    const groupId = await mallory.found('Traveller, Helper and you', [stranger], copied);
    await stage.join(stranger, groupId);
    // One in the attacker's own name, which is heard, and one in Helper's.
    const own = await createMessageEntry(tools, mallory.member, messageAt(world.clock.now(), 'this is the attacker'));
    mallory.state = own.step.member.state;
    await mallory.append('message', own.own.entry.message);
    const posed = await createMessageEntry(tools, mallory.member, messageAt(world.clock.now(), 'this is Helper'));
    const { message } = await messageAs(mallory.state, group.leafOf(helper), posed.own.entry.message);
    const index = await mallory.append('message', message);
    await stage.hasRead(stranger, groupId, index);
    const refusal = await skippedBy(stranger, groupId, index);
    await stage.say(stranger, groupId, 'is anybody there?');
    // A joiner asks the others over their own sessions what they have read there.
    const names = honest.map(({ agentId }) => agentId);
    await inOurTime('the others are asked', () => {
      const { sessions } = stranger.snapshot();
      return names.every((name) => sessions.some(({ peerId }) => peerId === name));
    });
    await stage.pass(5_000);
    const members = groupOf(stranger, groupId)?.members ?? [];
    const heardOf = members.filter(({ agentId, isHeard }) => names.includes(agentId) && isHeard);
    const delivery = said(stranger, groupId, 'is anybody there?')?.group?.delivery;
    const isIn = honest.some((agent) => groupOf(agent, groupId) !== undefined);
    mallory.member = real;
    return {
      succeeded:
        heardOf.length > 0 ||
        delivery === 'delivered' ||
        isIn ||
        refusal === undefined ||
        countHeard(stranger, groupId) !== 1,
      refusal,
      evidence: [
        'The attacker made a group of its own, copied the leaves of Traveller and Helper out of the real one, and invited a third agent. Leaves of KeyPackages are signed for no certain group, so the copies are valid.',
        `${stranger.agentId} says that the members are ${membersOf(stranger, groupId)}. Not heard yet: ${members
          .filter(({ isHeard }) => !isHeard)
          .map(({ agentId }) => agentId)
          .join(', ')}.`,
        `A message in Helper’s name, with the key that Helper would use: ${stranger.agentId} skipped it (${refusal?.code ?? 'it did not'}).`,
        `What ${stranger.agentId} said is shown as ${delivery ?? 'lost'}, never as delivered: two members have not taken it in.`,
        `${names.join(' and ')} know no such group.`,
      ],
    };
  },
};
