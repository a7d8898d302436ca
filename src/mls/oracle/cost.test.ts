import { expect, it } from 'vitest';
import { cipherSuite } from '../crypto/suites.ts';
import { applyCommit } from '../group/apply-commit.ts';
import type { GroupState } from '../group/group-state.ts';
import { openMessage } from '../group/open-message.ts';
import { createApplicationMessage } from '../group/send-message.ts';
import { stageCommit } from '../group/stage-commit.ts';
import { decodeMlsMessage } from '../structures/mls-message.ts';
import { asMember, crowdOf, updateOf, wellUsed } from '../testing/crowd.ts';
import { countsOf, SuiteRecorder } from '../testing/suite-recorder.ts';
import { random } from '../testing/test-member.ts';

async function follow(state: GroupState, message: Uint8Array): Promise<void> {
  const opened = await openMessage(state, decodeMlsMessage(message));
  if (opened.content.type !== 'commit') throw new TypeError('The message is no commit.');
  await applyCommit(await stageCommit(opened.state, opened.content.commit));
}

async function measured(recorder: SuiteRecorder, members: number) {
  const crowd = await crowdOf(recorder.suite, members, random);
  const used = await wellUsed(crowd, random);
  const author = asMember(crowd, used, used.ownLeaf === 0 ? 1 : 0);
  const { message } = await updateOf(author, random);
  const counted = async (work: () => Promise<unknown>) => countsOf(await recorder.record(work));
  return {
    commit: await counted(() => updateOf(author, random)),
    process: await counted(() => follow(used, message)),
    message: await counted(() => createApplicationMessage(used, random(32), { random })),
  };
}

it('makes O(log n) operations for a commit in a well-used tree', { timeout: 300_000 }, async () => {
  const recorder = new SuiteRecorder(await cipherSuite(1));
  for (const members of [8, 32, 128, 512]) {
    const depth = Math.log2(members);
    const { commit, process, message } = await measured(recorder, members);
    // One seal and one key pair for each level, and the leaf's own.
    expect(commit.hpkeSeal).toBe(depth);
    expect(commit.deriveKeyPair).toBe(depth + 1);
    expect(commit.sign).toBe(2);
    expect(commit.verify).toBe(0);
    expect(process.hpkeOpen).toBe(1);
    expect(process.deriveKeyPair).toBeLessThanOrEqual(depth);
    expect(process.verify).toBe(2);
    expect(process.sign).toBe(0);
    expect(commit.hpkeInfo).toBe(1);
    expect(process.checkKey).toBe(depth + 1);
    // A tree hash and a parent hash for each node on the way up, the secret tree's way down; the rest does not grow.
    expect(commit.hash).toBeLessThanOrEqual(2 * depth + 3);
    expect(process.hash).toBeLessThanOrEqual(2 * depth + 3);
    expect(commit.expand).toBeLessThanOrEqual(4 * depth + 19);
    expect(process.expand).toBeLessThanOrEqual(4 * depth + 21);
    expect(message.expand).toBeLessThanOrEqual(2 * depth + 7);
    expect(message.hash).toBe(0);
  }
});
