import { groupSuite } from '../../group/profile/suite.ts';
import { joinGroup } from '../../mls/group/join-group.ts';
import { decodeMlsMessage } from '../../mls/structures/mls-message.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { DishonestService } from '../attacker/dishonest-service.ts';
import { GroupWithAttacker } from '../attacker/group-with-attacker.ts';
import { tryToRead } from '../attacker/try-to-read.ts';
import { groupOf, heard, membersOf, skippedBy, tellGroup } from '../run/group-facts.ts';
import { type GroupTry, runGroupTries } from '../run/group-run.ts';
import type { Scenario } from '../run/run.ts';
import { mallory } from '../run/world.ts';

/** Somebody who was a member reads on, and somebody who becomes one reads back. The delivery service gives the attacker every entry. */
export const removedMember: Scenario = {
  info: {
    id: 'removed-member',
    title: 'Removed member',
    summary: 'Read on after being removed, and back from before joining',
    attempts: 3,
    has: 'All keys of a group up to the removal, or from the joining on, and from the delivery service every entry of the log.',
    wants: 'To read what was said after the removal, or before the joining.',
    promise:
      'A removal gives the others a secret that the removed member has no key for; a joiner gets no key of an earlier epoch (parley-group/1, section 7).',
  },
  run: (lab) => runGroupTries(lab, () => GroupWithAttacker.open(lab), [readsOn, removalHidden, readsBack]),
};

const readsOn: GroupTry<GroupWithAttacker> = {
  id: 'reads-on',
  title: 'The removed member reads on',
  act: async (group) => {
    const { stage, mallory: attacker, groupId } = group;
    const { traveller, helper } = stage;
    await stage.say(traveller, groupId, 'said to three');
    const control = await tryToRead(stage, { groupId, from: traveller, text: 'said to three' }, attacker.state);
    await attacker.readOn();
    const kept = attacker.state;
    await stage.meanwhile('the attacker is removed', traveller.agent.groups.remove(groupId, [mallory.agentId]));
    await stage.say(traveller, groupId, 'said to two');
    await stage.eventually('Helper reads it', () => heard(helper, groupId, 'said to two'));
    await attacker.readOn();
    const tries = [kept, attacker.state].map((state) =>
      tryToRead(stage, { groupId, from: traveller, text: 'said to two' }, state),
    );
    const after = await Promise.all(tries);
    return {
      succeeded: after.includes('read') || control !== 'read',
      evidence: [
        `Control: with the same keys the attacker ${control === 'read' ? 'read' : 'could not read'} what Traveller said before.`,
        ...stage.honest.map((agent) => tellGroup(agent, groupId)),
        `Helper read “said to two”. The attacker’s keys from before and after its removal gave: ${after.join(', ')}.`,
      ],
    };
  },
};

const removalHidden: GroupTry<GroupWithAttacker> = {
  id: 'removal-hidden',
  title: 'The service hides the removal from Helper',
  act: async (former) => {
    const group = await former.again('Hidden');
    const { stage, mallory: attacker, groupId } = group;
    const { traveller, helper } = stage;
    const service = DishonestService.in(stage.world);
    const base = groupOf(traveller, groupId)?.next ?? 0;
    const half = service.splitOff('helper');
    service.show('helper', (log) => [...log.filter(({ index, kind }) => index < base || kind === 'message'), ...half]);
    service.show('traveller', (log) => [...log, ...half]);
    await stage.meanwhile('the attacker is removed', traveller.agent.groups.remove(groupId, [mallory.agentId]));
    await stage.say(traveller, groupId, 'said to two');
    await stage.eventually('Helper gets it', () => (groupOf(helper, groupId)?.next ?? 0) > base);
    await stage.say(helper, groupId, 'said to three');
    await stage.eventually('Traveller gets it', () => (groupOf(traveller, groupId)?.next ?? 0) > base + 2);
    const read = await tryToRead(stage, { groupId, from: traveller, text: 'said to two' }, attacker.state);
    const shown = heard(traveller, groupId, 'said to three');
    const refusal = await skippedBy(traveller, groupId, base + 2);
    const isRead = heard(helper, groupId, 'said to two') !== undefined;
    service.repent();
    return {
      succeeded: read === 'read' || shown !== undefined || isRead,
      refusal,
      evidence: [
        tellGroup(traveller, groupId),
        tellGroup(helper, groupId),
        `The attacker’s keys gave for what Traveller said after the removal: ${read}. Helper could not read it either.`,
        `Traveller ${shown === undefined ? 'did not take in' : 'took in'} what Helper said in the epoch before${refusal === undefined ? '' : `: ${refusal.code}`}.`,
        'The service can delay a removal for one member. What that member says meanwhile is for the members that it knows, the removed one among them.',
      ],
    };
  },
};

const readsBack: GroupTry<GroupWithAttacker> = {
  id: 'reads-back',
  title: 'The joiner reads back',
  act: async (group) => {
    const { stage, mallory: attacker } = group;
    const { traveller } = stage;
    const groupId = await stage.group('Before');
    await stage.say(traveller, groupId, 'said before');
    const suite = await groupSuite();
    const own = await attacker.makeKeyPackage();
    await attacker.service.offerKeyPackages({ oneTime: [own.bytes] });
    await stage.meanwhile('the attacker is added', traveller.agent.groups.invite(groupId, [mallory.agentId]));
    const { items } = await attacker.service.inbox(0);
    const message = decodeMlsMessage(items.find((item) => item.groupId === groupId)?.message ?? new Uint8Array(0));
    if (message.wireFormat !== 'mls_welcome') throw new ParleyError('internal_error', 'No Welcome came.');
    const { state } = await joinGroup(suite, { welcome: message.welcome, ...own });
    await stage.say(traveller, groupId, 'said after');
    const control = await tryToRead(stage, { groupId, from: traveller, text: 'said after' }, state);
    const before = await tryToRead(stage, { groupId, from: traveller, text: 'said before' }, state);
    return {
      succeeded: before === 'read' || control !== 'read',
      evidence: [
        `Control: the attacker ${control === 'read' ? 'read' : 'could not read'} what Traveller said after it had joined.`,
        `Traveller says that its members are ${membersOf(traveller, groupId)}.`,
        `The attacker’s keys gave for what was said before: ${before}.`,
      ],
    };
  },
};
