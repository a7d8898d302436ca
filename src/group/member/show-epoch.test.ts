import { beforeAll, describe, expect, it } from 'vitest';
import type { CommitChange } from '../rules/commit-change.ts';
import { judgeCommit } from '../rules/judge-commit.ts';
import { loadHead } from '../storage/load.ts';
import { GroupWorld } from '../testing/group-world.ts';
import { openEntry } from './open-entry.ts';
import type { OpenedCommit } from './opened-entry.ts';
import { type ShownEpoch, showEpoch } from './show-epoch.ts';
import type { Seat } from './testing/seat.ts';
import { type Trio, trioOf } from './testing/trio.ts';

const { subtle } = crypto;
let world: GroupWorld;
let trio: Trio;

beforeAll(async () => {
  world = await GroupWorld.create();
  trio = await trioOf(world);
});

/** Opens the next entry, a commit, and tells what it does. */
async function opened(seat: Seat): Promise<{ readonly commit: OpenedCommit; readonly change: CommitChange }> {
  const entry = trio.log.entries[seat.member.next];
  if (entry === undefined) throw new Error('Everything has been read.');
  const { pending } = seat;
  const own = {
    find: (hash: string) => (pending?.hash === hash ? ({ kind: 'commit', commit: pending } as const) : undefined),
  };
  const headAt = (index: number) => loadHead(seat.rows, index);
  const commit = await openEntry({ subtle, headAt }, seat.member, entry, own);
  if (commit.type !== 'commit') throw new Error('The entry is no commit.');
  const verdict = await judgeCommit(commit.staged, { ...world.evidence, at: entry.at });
  if (!('valid' in verdict) || !verdict.valid) throw new Error('The commit is not valid.');
  return { commit, change: verdict.change };
}

describe('an epoch as the inspector shows it', () => {
  it('has the tree, the path and the schedule, the same for its maker and the others', async () => {
    const { anna, bert, log } = trio;
    const joined = await showEpoch(subtle, { member: bert.member, by: 'anna', schedule: {} });
    expect(joined).toMatchObject({ epoch: 1, index: 0, leafCount: 4, path: [], groupId: log.groupId });
    expect(joined.nodes).toHaveLength(7);
    expect(joined.nodes.filter(({ kind }) => kind === 'leaf').map(({ member }) => member)).toEqual([
      'anna',
      'bert',
      'carl',
    ]);
    await anna.commit({});
    const shown: ShownEpoch[] = [];
    for (const seat of [anna, bert]) {
      const { commit, change } = await opened(seat);
      const former = await showEpoch(subtle, { member: seat.member, by: 'anna', schedule: {} });
      const outcome = await seat.read(commit.entry);
      if (outcome.type !== 'next_epoch') throw new Error('The commit makes no epoch.');
      const { schedule } = outcome;
      const { staged } = commit;
      shown.push(
        await showEpoch(subtle, { member: seat.member, by: 'anna', schedule, commit: { staged, change }, former }),
      );
    }
    const [own, other] = shown;
    expect(own?.schedule).toEqual(other?.schedule);
    expect(own?.schedule.find(({ name }) => name === 'joiner_secret')?.from).toEqual(['init_secret', 'commit_secret']);
    expect(own?.path).toEqual([
      { node: 1, encryptedTo: [2] },
      { node: 3, encryptedTo: [4] },
    ]);
    expect(other?.path).toEqual(own?.path);
    const publicOf = (epoch: ShownEpoch | undefined) => epoch?.nodes.map(({ isKnown: _, ...node }) => node);
    expect(publicOf(other)).toEqual(publicOf(own));
    // The committer's leaf and what is above it are new, Bert's leaf is as it was.
    const since = new Map(other?.nodes.map(({ node, sinceEpoch }) => [node, sinceEpoch]));
    expect([since.get(0), since.get(1), since.get(3), since.get(2)]).toEqual([2, 2, 2, undefined]);
    const knows = (epoch: ShownEpoch | undefined) =>
      epoch?.nodes.flatMap(({ node, isKnown }) => (isKnown ? [node] : []));
    expect(knows(own)).toEqual([0, 1, 3]);
    expect(knows(other)).toEqual([1, 2, 3]);
  });
});
