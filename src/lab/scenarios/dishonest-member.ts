import { signCredential } from '../../group/credential/credential.ts';
import { credentialOf } from '../../group/credential/members.ts';
import { createMessageEntry } from '../../group/member/create-message-entry.ts';
import type { Unsent } from '../../group/payload/payload.ts';
import { descriptorIn, groupExtensions } from '../../group/profile/group-context.ts';
import { leafAt } from '../../mls/tree/ratchet-tree.ts';
import { ParleyError } from '../../protocol/errors.ts';
import {
  anyCommit,
  type Crafted,
  commitAs,
  garbage,
  messageAs,
  unconfirmedCommit,
  unreadableCommit,
} from '../attacker/craft-group.ts';
import { DishonestMember } from '../attacker/dishonest-member.ts';
import { GroupWithAttacker } from '../attacker/group-with-attacker.ts';
import { messageAt, sentAt } from '../attacker/unsent.ts';
import { groupOf, heard, skippedBy, tellGroup } from '../run/group-facts.ts';
import { type GroupTry, runGroupTries } from '../run/group-run.ts';
import type { Scenario } from '../run/run.ts';
import { random } from '../run/world.ts';
import { falseGroup } from './false-group.ts';

type MemberTry = GroupTry<GroupWithAttacker>;

/** A member of a group attacks the others with what membership gives: the group's keys and a place in its log. */
export const dishonestMember: Scenario = {
  info: {
    id: 'dishonest-member',
    title: 'Dishonest member',
    summary: 'Be a member of a group, and turn on the others',
    attempts: 14,
    has: 'A genuine certificate, a leaf in the group, all of its keys, and the right to append to its log. It is no admin.',
    wants:
      'To stop the others, to speak as one of them, to rule the group, or to make a stranger believe that they are in another.',
    promise:
      'Every member judges every commit by the same rules; what is not valid is skipped by all and stops nobody (parley-group/1, sections 2, 4 and 5).',
  },
  run: (lab) => runGroupTries(lab, () => GroupWithAttacker.open(lab), [...tries, falseGroup]),
};

/** A commit that the attacker appends, and what is wrong with it. */
function commit(
  id: string,
  title: string,
  words: string,
  craft: (group: GroupWithAttacker) => Promise<Crafted> | Crafted,
  until: (group: GroupWithAttacker) => Promise<void> = async () => undefined,
): MemberTry {
  return {
    id,
    title,
    act: async (group) => {
      const { mallory } = group;
      await mallory.readOn();
      const { message, state } = await craft(group);
      mallory.state = state;
      const index = await mallory.append('commit', message);
      await until(group);
      return group.judged(index, words);
    },
  };
}

const tries: readonly MemberTry[] = [
  commit('garbage', 'A commit of random bytes', 'The commit has a right head and random bytes.', ({ mallory }) => ({
    message: garbage(mallory.state.context, 'commit'),
    state: mallory.state,
  })),
  commit(
    'signs-as-another-commit',
    'A commit in Helper’s name',
    'The commit names Helper’s leaf as its sender. The attacker’s key signed it.',
    (group) => commitAs(group.mallory.state, group.leafOf(group.stage.helper)),
  ),
  {
    id: 'signs-as-another-message',
    title: 'A message in Helper’s name',
    act: async (group) => {
      const { mallory, stage, groupId } = group;
      const text = 'Helper asks for the key';
      await mallory.readOn();
      const { entry } = (await createMessageEntry(tools, mallory.member, messageAt(stage.world.clock.now(), text))).own;
      const crafted = await messageAs(mallory.state, group.leafOf(stage.helper), entry.message);
      const index = await mallory.append('message', crafted.message);
      for (const agent of stage.honest) await stage.hasRead(agent, groupId, index);
      const refusal = await skippedBy(stage.traveller, groupId, index);
      const read = heard(stage.traveller, groupId, text);
      return {
        refusal,
        succeeded:
          read !== undefined ||
          refusal === undefined ||
          (await stage.stopped(groupId, 'after the false message')) !== undefined,
        evidence: [
          'The message is encrypted with the key that Helper would use next: every member can derive it. The attacker’s key signed it.',
          read === undefined
            ? `${stage.traveller.agentId} skipped it (${refusal?.code ?? 'it did not'}) and shows no message of it.`
            : `${stage.traveller.agentId} shows it as Helper’s.`,
          'Helper then used the same key for a message of its own, and Traveller read that.',
        ],
      };
    },
  },
  commit(
    'swaps-credential',
    'A path with Helper’s credential in it',
    'The new leaf in the path carries Helper’s credential, copied from the tree.',
    async (group) => {
      const { mallory, stage } = group;
      const leaf = leafAt(mallory.state.tree, group.leafOf(stage.helper));
      if (leaf === undefined) throw new ParleyError('not_found', 'Helper has no leaf.');
      const { signature } = (await mallory.identities.make()).identity;
      return anyCommit(mallory.state, { newIdentity: { signature, credential: leaf.credential } });
    },
  ),
  commit(
    'claims-another-name',
    'A path whose credential names Helper',
    'The credential names helper_agent_001. The attacker’s own key signed it, under its own certificate.',
    async ({ mallory, stage }) => {
      const { identity } = await mallory.identities.make();
      const { signature } = identity;
      const own = leafAt(mallory.state.tree, mallory.state.ownLeaf);
      if (own === undefined) throw new ParleyError('not_found', 'The attacker has no leaf.');
      const { certificate, notBefore, notAfter } = credentialOf(own);
      const claims = { agentId: stage.helper.agentId, certificate, notBefore, notAfter };
      const claimed = await signCredential(claims, signature.publicKey, mallory.sign);
      return anyCommit(mallory.state, { newIdentity: { signature, credential: { type: 'basic', identity: claimed } } });
    },
  ),
  commit(
    'removes',
    'Helper removed by a member that is no admin',
    'The commit removes Helper. Only an admin may.',
    (group) =>
      anyCommit(group.mallory.state, { proposals: [{ type: 'remove', removed: group.leafOf(group.stage.helper) }] }),
  ),
  commit(
    'removes-as-expired',
    'Helper removed as expired, which it is not',
    'The commit says that Helper’s credential has expired: then anybody may remove it.',
    (group) =>
      anyCommit(group.mallory.state, {
        proposals: [{ type: 'remove', removed: group.leafOf(group.stage.helper) }],
        authenticatedData: new TextEncoder().encode('{"because":"expired"}'),
      }),
  ),
  commit(
    'removes-as-revoked',
    'Helper removed as revoked, which it is not',
    'The commit says that Helper’s certificate was revoked: then anybody may remove it. The revocation list was read after the commit, and again a minute later.',
    (group) =>
      anyCommit(group.mallory.state, {
        proposals: [{ type: 'remove', removed: group.leafOf(group.stage.helper) }],
        authenticatedData: new TextEncoder().encode('{"because":"revoked"}'),
      }),
    secondLook,
  ),
  commit(
    'adds',
    'A ghost added by a member that is no admin',
    'The commit adds another agent of the attacker’s, whose KeyPackage is genuine. Only an admin may.',
    async ({ mallory, stage }) => {
      const ghost = await DishonestMember.register(stage.world, 'ghost_agent_001');
      const { keyPackage } = await ghost.makeKeyPackage();
      return anyCommit(mallory.state, { proposals: [{ type: 'add', keyPackage }] });
    },
  ),
  commit(
    'makes-itself-admin',
    'The attacker makes itself an admin',
    'The commit changes the descriptor: the attacker is its only admin.',
    ({ mallory }) => {
      const descriptor = { ...descriptorIn(mallory.state.context.extensions), admins: [mallory.agentId] };
      return anyCommit(mallory.state, {
        proposals: [{ type: 'group_context_extensions', extensions: groupExtensions(descriptor) }],
      });
    },
  ),
  lie('lies-about-seen', 'A request that lies about what its sender has read'),
  commit(
    'unconfirmed',
    'A commit with a false confirmation tag',
    'Signature and rules are right. The confirmation tag is not that of the new epoch.',
    ({ mallory }) => unconfirmedCommit(mallory.state),
  ),
  commit(
    'unreadable-path',
    'A commit whose path nobody can decrypt',
    'Signature and rules are right. The path’s secrets are random bytes.',
    ({ mallory }) => unreadableCommit(mallory.state),
  ),
];

/** Lets a minute pass at once, when both agents have looked for a revocation and wait to look once more. */
async function secondLook({ stage, groupId }: GroupWithAttacker): Promise<void> {
  for (const agent of stage.honest) {
    await stage.eventually('it is looked for', () => groupOf(agent, groupId)?.waiting);
  }
  stage.world.clock.advance(60_000);
}

const tools = { subtle: crypto.subtle, random };

/** A request whose `seen` has another head than the log had. */
function lie(id: string, title: string): MemberTry {
  return {
    id,
    title,
    act: async (group) => {
      const { mallory, stage, groupId } = group;
      const query = 'Tell me what Traveller keeps under the third stone';
      await mallory.readOn();
      const head = random(32);
      const now = stage.world.clock.now();
      const asked: Unsent = {
        type: 'GROUP_REQUEST',
        ...sentAt(now),
        method: 'send_request',
        parameters: { query },
        expiresAt: Math.floor(now / 1_000) + 3_600,
      };
      const { own, step } = await createMessageEntry(tools, { ...mallory.member, head }, asked);
      mallory.state = step.member.state;
      const index = await mallory.append('message', own.entry.message);
      for (const agent of stage.honest) await stage.hasRead(agent, groupId, index);
      const shown = stage.honest.map((agent) => heard(agent, groupId, query));
      const isRun = shown.some((exchange) => exchange?.group?.apart === undefined || exchange.status !== 'failed');
      const stopped = await stage.stopped(groupId, 'after the lie');
      return {
        succeeded: isRun || stopped !== undefined,
        refusal: { by: 'traveller', code: shown[0]?.error?.code ?? 'group_forked', of: 'entry' },
        evidence: [
          'The request says that its sender has read another entry than the log has at that place.',
          ...stage.honest.map(
            (agent, i) =>
              `${agent.agentId} shows it apart (${shown[i]?.group?.apart ?? 'not apart'}) and did not run it: ${shown[i]?.error?.code ?? 'no error'}.`,
          ),
          stopped === undefined
            ? 'Traveller and Helper go on talking: one member’s word stops nobody.'
            : tellGroup(stopped, groupId),
        ],
      };
    },
  };
}
