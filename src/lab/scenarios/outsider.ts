import { toHex } from '../../protocol/bytes.ts';
import { externalCommit, garbage } from '../attacker/craft-group.ts';
import { Outside } from '../attacker/outside.ts';
import { putInLog } from '../attacker/put-in-log.ts';
import { countHeard, groupOf, skippedBy, tellGroup } from '../run/group-facts.ts';
import { type GroupTry, runGroupTries } from '../run/group-run.ts';
import { judgeCommitEntry } from '../run/judge-entry.ts';
import { failureOf, type Scenario } from '../run/run.ts';
import { random } from '../run/world.ts';
import { invitationFloods } from './invitation-floods.ts';

type OutsiderTry = GroupTry<Outside>;

/** Somebody with a genuine certificate who is no member puts something into a group, or before its members. */
export const outsider: Scenario = {
  info: {
    id: 'outsider',
    title: 'Outsider',
    summary: 'Be no member of a group, and put something into its log',
    attempts: 6,
    has: 'Genuine certificates, tokens of the delivery service, and the group_id. In three attempts the service takes what it must not.',
    wants: 'An entry that members take for one of the group, or invitations that leave no room for others.',
    promise:
      'Only members append; what no member has encrypted and signed is skipped by all. Invitations have bounds and shares (parley-group/1, sections 1, 4 and 5).',
  },
  run: (lab) => runGroupTries(lab, () => Outside.open(lab), [appends, ...letThrough, ...invitationFloods]),
};

const appends: OutsiderTry = {
  id: 'appends',
  title: 'The outsider appends an entry with a token of its own',
  act: async ({ stage, mallory, groupId, clear }) => {
    const { traveller, helper } = stage;
    const before = groupOf(traveller, groupId)?.next ?? 0;
    const entry = {
      entryId: toHex(random(16)),
      kind: 'message',
      after: 0,
      message: garbage(clear, 'application'),
    } as const;
    const failure = await failureOf(mallory.service.append(groupId, entry));
    const stopped = await stage.stopped(groupId, 'after the outsider');
    // Two entries came since: what each of them has said.
    const isInLog = stage.honest.some((agent) => groupOf(agent, groupId)?.next !== before + 2);
    return {
      succeeded: failure === undefined || isInLog || stopped !== undefined,
      refusal: { by: 'service', code: failure?.code ?? '', of: 'service' },
      evidence: [
        'The attacker’s token is alive, and the message has a right clear head.',
        `The service answered ${failure?.code ?? 'that it has the entry'}: the same as for a group that does not exist.`,
        tellGroup(traveller, groupId),
        tellGroup(helper, groupId),
        'The next entries of the log are what Traveller and Helper said afterwards.',
      ],
    };
  },
};

const letThrough: readonly OutsiderTry[] = [
  {
    id: 'message-let-through',
    title: 'The service takes the outsider’s message',
    act: async ({ stage, groupId, clear }) => {
      const { world, honest, helper } = stage;
      const before = honest.map((agent) => countHeard(agent, groupId));
      const message = garbage(clear, 'application');
      const index = await putInLog(world, groupId, { kind: 'message', sender: helper.agentId, message });
      for (const agent of honest) await stage.hasRead(agent, groupId, index);
      const refusals = await Promise.all(honest.map((agent) => skippedBy(agent, groupId, index)));
      const isShown = honest.some((agent, i) => countHeard(agent, groupId) !== before[i]);
      const stopped = await stage.stopped(groupId, `after entry ${index}`);
      return {
        succeeded: isShown || stopped !== undefined || refusals.includes(undefined),
        refusal: refusals[0],
        evidence: [
          'The service wrote the attacker’s message into the log and named Helper as its sender.',
          ...honest.map(
            ({ agentId }, i) =>
              `${agentId} skipped entry ${index}: ${refusals[i]?.code ?? 'it did not'}. It ${isShown ? 'shows a message of it' : 'shows nothing of it'}.`,
          ),
          'Who sent a message says the leaf whose key verifies its signature, never the service.',
        ],
      };
    },
  },
  commit(
    'commit-let-through',
    'The service takes the outsider’s commit',
    'The service wrote a commit of random bytes with a right clear head into the log and named Traveller, who is the admin, as its sender.',
    ({ clear }) => garbage(clear, 'commit'),
  ),
  commit(
    'external-commit',
    'The outsider joins by an external commit',
    'The commit is an external one of MLS, by which a client adds itself. It is a PublicMessage. Groups of Parley take none.',
    ({ clear }) => externalCommit(clear),
  ),
];

/** A commit of the attacker's that the service writes into the log, in Traveller's name. */
function commit(
  id: string,
  title: string,
  words: string,
  craft: (outside: Outside) => Parameters<typeof putInLog>[2]['message'],
): OutsiderTry {
  return {
    id,
    title,
    act: async (outside) => {
      const { stage, groupId, epoch } = outside;
      const { world, traveller } = stage;
      const index = await putInLog(world, groupId, {
        kind: 'commit',
        sender: traveller.agentId,
        message: craft(outside),
      });
      return judgeCommitEntry(stage, { groupId, index, epoch }, words);
    },
  };
}
