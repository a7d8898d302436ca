import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { DishonestService, LogView } from '../attacker/dishonest-service.ts';
import { Served } from '../attacker/served.ts';
import { allHeard, groupOf, heard, skippedBy, tellGroup } from '../run/group-facts.ts';
import { type GroupFacts, type GroupTry, runGroupTries } from '../run/group-run.ts';
import type { GroupStage } from '../run/group-stage.ts';
import { failureOf, type Scenario } from '../run/run.ts';
import type { LabAgent } from '../run/world.ts';
import { ghostMembers } from './ghost-members.ts';
import { keyPackagesTwice } from './key-packages.ts';

/** The delivery service itself is the attacker's. */
export const dishonestDeliveryService: Scenario = {
  info: {
    id: 'dishonest-delivery-service',
    title: 'Dishonest delivery service',
    summary: 'Be the server that orders and stores what a group says',
    attempts: 10,
    has: 'The delivery service: it decides which entries of the log each member gets, in which order, and which KeyPackage.',
    wants:
      'To alter, drop or repeat what is said, to show two members two histories that both take for one, or to be a member itself.',
    promise:
      'The log is a hash chain and every message says what its sender has read of it; keys come from the members alone (parley-group/1, sections 2 to 5 and 7).',
  },
  run: (lab) => runGroupTries(lab, () => Served.open(lab), [...tries, ...ghostMembers, ...keyPackagesTwice]),
};

/** What the service shows Helper of what Traveller says: `view` gets what comes after the group was made, and makes `count` of three. */
function altered(id: string, title: string, words: string, count: number, view: LogView): GroupTry<Served> {
  return {
    id,
    title,
    act: async ({ stage, service }) => {
      const { traveller, helper } = stage;
      const groupId = await stage.group(title.slice(0, 60));
      const base = groupOf(traveller, groupId)?.next ?? 0;
      service.show('helper', (log) => [
        ...log.filter(({ index }) => index < base),
        ...view(log.filter(({ index }) => index >= base)),
      ]);
      let wasTold = false;
      for (const text of ['first', 'second', 'third']) {
        wasTold = (await sayAnyway(stage, traveller, groupId, text)) || wasTold;
      }
      await stage.eventually(
        'Helper reads what it is shown',
        () => (groupOf(helper, groupId)?.next ?? 0) >= base + count,
      );
      const failure = await failureOf(stage.say(helper, groupId, 'answer'));
      if (failure === undefined) {
        await stage.eventually('Traveller reads the answer', () => (groupOf(traveller, groupId)?.next ?? 0) > base + 3);
      }
      service.repent();
      const shown = ['first', 'second', 'third'].map((text) => allHeard(helper, groupId, text));
      const answer = heard(traveller, groupId, 'answer');
      const isTwice = shown.some((copies) => copies.length > 1);
      const isWhole = shown.every(([copy]) => copy !== undefined && copy.group?.apart === undefined);
      const isApart = shown.some(([copy]) => copy?.group?.apart === 'diverged');
      // Behind all that Traveller said, when the view has a fourth entry.
      const skipped = await skippedBy(helper, groupId, base + 3);
      const isSeen = wasTold || failure?.code === 'group_forked' || answer?.group?.apart === 'diverged' || isApart;
      return {
        succeeded: isTwice || (!isWhole && !isSeen),
        refusal: isSeen
          ? { by: isApart || failure !== undefined ? 'helper' : 'traveller', code: 'group_forked', of: 'entry' }
          : skipped,
        evidence: [
          words,
          `Traveller said “first”, “second”, “third”. Helper shows ${shown.map((copies, i) => `${['first', 'second', 'third'][i]} ${copies.length} times${copies[0]?.group?.apart === undefined ? '' : ', apart'}`).join('; ')}.`,
          failure !== undefined
            ? `Helper compared histories with Traveller, and asks its owner before it sends: ${failure.code}.`
            : answer?.group?.apart === undefined
              ? 'Traveller shows Helper’s answer as any other message.'
              : `Helper’s answer says what it had read. Traveller has read something else there, and shows the answer apart: ${answer.group.apart}.`,
          ...(skipped === undefined ? [] : [`Helper skipped what came behind the third: ${skipped.code}.`]),
        ],
      };
    },
  };
}

const tries: readonly GroupTry<Served>[] = [
  altered(
    'reorders',
    'Two messages change places',
    'Helper got Traveller’s second message before the first.',
    3,
    ([a, b, ...rest]) => (a === undefined || b === undefined ? [] : [b, a, ...rest]),
  ),
  altered(
    'drops',
    'A message is dropped',
    'Helper never got Traveller’s first message; the others were counted anew.',
    2,
    ([, ...rest]) => rest,
  ),
  altered(
    'replays',
    'A message is delivered twice',
    'Helper got Traveller’s first message a second time, behind the third.',
    4,
    (log) =>
      [...log.slice(0, 3), ...log.slice(0, 1), ...log.slice(3)].slice(0, log.length < 3 ? log.length : undefined),
  ),
  altered(
    'alters',
    'One bit of a message is flipped',
    'The first message came to Helper with another last byte.',
    3,
    ([a, ...rest]) => (a === undefined ? [] : [{ ...a, message: flipped(a.message ?? '') }, ...rest]),
  ),
  {
    id: 'forks',
    title: 'Two commits go to two halves of the group',
    act: ({ stage, service }) => fork(stage, service),
  },
];

/**
 * Has an agent say something. When it has found by then that members have different histories, and asks before it sends, its owner goes on
 * all the same; returns whether it has asked.
 */
async function sayAnyway(stage: GroupStage, from: LabAgent, groupId: string, text: string): Promise<boolean> {
  const failure = await failureOf(stage.say(from, groupId, text));
  if (failure === undefined) return false;
  if (failure.code !== 'group_forked') throw failure;
  await stage.meanwhile(`${from.agentId} goes on`, from.agent.groups.goOnForked(groupId));
  await stage.say(from, groupId, text);
  return true;
}

function flipped(message: string): string {
  const bytes = Uint8Array.from(atob(message), (c) => c.charCodeAt(0));
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  return encodeBase64(bytes);
}

/** Has both admins rename the group at once, and shows each its own commit. */
async function fork(stage: GroupStage, service: DishonestService): Promise<GroupFacts> {
  const { traveller, helper } = stage;
  const groupId = await stage.group('Fork');
  const admins = [helper.agentId, traveller.agentId].sort();
  await stage.meanwhile('Helper becomes an admin', traveller.agent.groups.setAdmins(groupId, admins));
  await stage.eventually('Helper is an admin', () => groupOf(helper, groupId)?.isAdmin);
  const base = groupOf(traveller, groupId)?.next ?? 0;
  const half = service.splitOff('helper');
  service.show('helper', (log) => [...log.filter(({ index }) => index < base), ...half]);
  await stage.meanwhile('Traveller renames the group', traveller.agent.groups.rename(groupId, 'North'));
  await stage.meanwhile('Helper renames the group', helper.agent.groups.rename(groupId, 'South'));
  await sayAnyway(stage, traveller, groupId, 'said in the north');
  await sayAnyway(stage, helper, groupId, 'said in the south');
  // Each half gets what the other has said.
  const met = groupOf(traveller, groupId)?.next ?? 0;
  const words = half.filter(({ kind }) => kind === 'message');
  service.show('helper', (log) => [
    ...log.filter(({ index }) => index < base),
    ...half,
    ...log.filter(({ index, kind }) => index >= base && kind === 'message'),
  ]);
  service.show('traveller', (log) => [
    ...log.filter(({ index }) => index < met),
    ...words,
    ...log.filter(({ index }) => index >= met),
  ]);
  await sayAnyway(stage, traveller, groupId, 'still in the north');
  await stage.eventually('both have read it', () => (groupOf(helper, groupId)?.next ?? 0) > base + half.length);
  const refusal = await skippedBy(traveller, groupId, met);
  const read = [heard(helper, groupId, 'in the north'), heard(traveller, groupId, 'in the south')];
  service.repent();
  return {
    succeeded: read.some((exchange) => exchange !== undefined && exchange.group?.apart === undefined),
    refusal,
    evidence: [
      'Both commits have the same “after”, and each agent was told that its own had won.',
      tellGroup(traveller, groupId),
      tellGroup(helper, groupId),
      'The halves have different keys: neither reads a word of the other, so nothing passes from one history into the other.',
    ],
  };
}
