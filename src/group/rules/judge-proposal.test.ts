import { expect, test } from 'vitest';
import type { GroupState } from '../../mls/group/group-state.ts';
import { openMessage, withProposal } from '../../mls/group/open-message.ts';
import { createProposal } from '../../mls/group/send-message.ts';
import { decodeMlsMessage } from '../../mls/structures/mls-message.ts';
import type { Proposal } from '../../mls/structures/proposal.ts';
import { hostileMessage, updateLeafOf } from '../../mls/testing/hostile-member.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { GroupWorld, groupCodeOf, random } from '../testing/group-world.ts';
import { add, describe, keyPackageOf, remove, threeMembers } from '../testing/judged-group.ts';
import { judgeProposal } from './judge-proposal.ts';
import { checkNoReason } from './reason.ts';

const world = await GroupWorld.create();
const { anna, bert, carl } = await threeMembers(world);

async function opened(state: GroupState, message: Bytes) {
  const { content, authenticatedData, state: after } = await openMessage(state, decodeMlsMessage(message));
  if (content.type !== 'proposal') throw new Error('The message is no proposal.');
  return { proposal: content.proposal, authenticatedData, state: after };
}

async function codeOfProposal(proposal: Proposal, authenticatedData?: Bytes): Promise<string> {
  const change = authenticatedData && { authenticatedData };
  const { message } = await hostileMessage(carl.state, { type: 'proposal', proposal }, change);
  const read = await opened(anna.state, message);
  return groupCodeOf(() => judgeProposal(read.state, read.proposal, read.authenticatedData));
}

test('a proposal is a Remove of its sender’s own leaf', async () => {
  const sent = await createProposal(carl.state, remove(2), { random });
  const read = await opened(anna.state, sent.message);
  expect(judgeProposal(read.state, read.proposal, read.authenticatedData)).toBe(2);
  const update = { type: 'update', leafNode: await updateLeafOf(carl.state) } as const;
  const dora = add(await keyPackageOf(await world.agent('dora')));
  for (const proposal of [remove(0), remove(1), update, dora, describe({ name: 'Work' })]) {
    expect(await codeOfProposal(proposal), proposal.type).toBe('proposal_by_reference');
  }
});

test('the first of a leaf in an epoch counts', async () => {
  const first = await createProposal(carl.state, remove(2), { random });
  const read = await opened(anna.state, first.message);
  const after = withProposal(read.state, read.proposal);
  const second = await createProposal(first.state, remove(2), { random });
  const again = await opened(after, second.message);
  const judge = (state: GroupState) => groupCodeOf(() => judgeProposal(state, again.proposal, again.authenticatedData));
  expect(await judge(after)).toBe('already_leaving');
  const other = await createProposal(bert.state, remove(1), { random });
  const leaving = await opened(after, other.message);
  expect(judgeProposal(leaving.state, leaving.proposal, leaving.authenticatedData)).toBe(1);
});

test('only a commit has authenticated_data', async () => {
  expect(await codeOfProposal(remove(2), random(1))).toBe('authenticated_data_not_allowed');
  expect(await groupCodeOf(() => checkNoReason(random(1)))).toBe('authenticated_data_not_allowed');
  expect(await groupCodeOf(() => checkNoReason(new Uint8Array(0)))).toBe('accepted');
});
