import { describe, expect, test } from 'vitest';
import type { EpochView } from '../../../agent/contracts/group-views.ts';
import { absentIn, checkRemoval, spansOf } from './reading.ts';
import { epochsOf, MadeEpochs } from './testing/made-epochs.ts';
import { layOut } from './tree-layout.ts';
import { heldBy, heldHere, holdersOf } from './tree-shape.ts';
import { beginningWords, pathWords, readingWords, recipientsOf, spanWords } from './words.ts';

const traveller = 'traveller_agent_001';
const helper = 'helper_agent_001';
const groupId = 'c0ffee'.padEnd(32, '0');

/** 1 all join, 2 Helper renews, 3 the ghost joins, 4 Scout renews, 5 the ghost is removed, 6 Traveller renews. */
const made = new MadeEpochs(traveller, groupId)
  .commit({ by: traveller, add: [helper, 'scout'] })
  .commit({ by: helper })
  .commit({ by: traveller, add: ['ghost'] })
  .commit({ by: 'scout' })
  .commit({ by: helper, remove: ['ghost'] })
  .commit({ by: traveller }).views;
const epoch = (number: number): EpochView => {
  const found = made.find((view) => view.epoch === number);
  if (found === undefined) throw new TypeError(`There is no epoch ${number}.`);
  return found;
};

describe('who reads which epochs of a group', () => {
  test('a member reads from its joining on, and until its removal', () => {
    expect(spansOf(made, 'ghost')).toEqual([{ from: 3, to: 4, addedBy: traveller, removedBy: helper }]);
    expect(spansOf(made, 'scout')).toEqual([{ from: 1, addedBy: traveller }]);
    expect(spansOf(made, traveller)).toEqual([{ from: 1 }]);
    expect(spansOf(made, 'nobody')).toEqual([]);
    expect(absentIn(epoch(6), made)).toEqual(['ghost']);
    expect(absentIn(epoch(4), made)).toEqual([]);
  });

  test('whoever was removed and is added again reads nothing from between', () => {
    const again = new MadeEpochs(traveller, groupId)
      .commit({ by: traveller, add: [helper] })
      .commit({ by: traveller, remove: [helper] })
      .commit({ by: traveller, add: [helper] }).views;
    expect(spansOf(again, helper).map(({ from, to }) => [from, to])).toEqual([
      [1, 1],
      [3, undefined],
    ]);
  });

  test('words say why: it joined later, or the commit used no key that it held', () => {
    expect(readingWords(made, epoch(2), 'ghost')).toContain('cannot read epoch 2: it joined with epoch 3');
    expect(readingWords(made, epoch(4), 'ghost')).toContain('can read epoch 4');
    expect(checkRemoval(made, 5, 'ghost')).toEqual({ keys: 2, held: 0 });
    expect(readingWords(made, epoch(6), 'ghost')).toMatch(
      /helper_agent_001 removed it with epoch 5.*held none of them/,
    );
    // One that stays held one of them: the check can fail.
    expect(checkRemoval(made, 5, 'scout')).toEqual({ keys: 2, held: 1 });
    expect(checkRemoval(made, 1, 'scout')).toBeUndefined();
    expect(spanWords(spansOf(made, 'ghost')[0] ?? { from: 0 }, 1)).toBe(
      `reads from epoch 3, added by ${traveller}, until epoch 4, removed by ${helper}`,
    );
    expect(spanWords({ from: 1 }, 1)).toBe('reads from epoch 1, the oldest shown here, or earlier, until now');
  });

  test('a commit is called by all that it did, and a name shows what would act unseen', () => {
    const words = (part: Partial<EpochView>) => beginningWords({ ...epoch(6), ...part });
    expect(words({})).toBe(`${traveller} renewed its keys`);
    expect(words({ renamed: 'night' })).toBe(`${traveller} renamed the group to “night”`);
    expect(words({ renamed: 'a\u202eb' })).not.toContain('\u202e');
    expect(words({ admins: [helper, traveller] })).toBe(`${traveller} changed the admins: ${helper} and ${traveller}`);
    expect(words({ removed: ['ghost', 'scout'], left: ['scout'], added: ['dot', 'eve'], rejoined: ['eve'] })).toBe(
      `${traveller} removed ghost; let scout leave; took eve in again; added dot`,
    );
  });

  test('a path says how many secrets were renewed, and for whom each was encrypted', () => {
    expect(pathWords(epoch(6))).toBe(`${traveller} renewed its leaf key and 2 secrets above it, encrypted for 2 keys.`);
    expect(epoch(6).path.map(({ encryptedTo }) => recipientsOf(epoch(6), encryptedTo))).toEqual([
      `the leaf of ${helper}`,
      'the leaf of scout',
    ]);
    expect(pathWords(epoch(1))).toContain('No path is known');
  });

  test('a member holds what is above its leaf, but nothing for which it is unmerged', () => {
    for (const view of made) expect(heldBy(view, traveller)).toEqual(heldHere(view));
    // The ghost joined below the root, which Helper made before: it is unmerged there.
    expect([...heldBy(epoch(3), 'ghost')]).toEqual([6]);
    const root = epoch(3).nodes[3];
    expect(root?.unmerged).toEqual([3]);
    expect(root === undefined ? [] : holdersOf(epoch(3), root)).toEqual([traveller, helper, 'scout']);
    expect([...heldBy(epoch(4), 'ghost')]).toEqual([3, 5, 6]);
  });
});

describe('how a ratchet tree is drawn', () => {
  const nothing = { wanted: new Set<number>(), chosen: new Map<number, boolean>(), isAllShown: false };

  test.each([2, 8, 65, 256])('%i members: each leaf or subtree has a row of its own', (count) => {
    const view = epochsOf(count, groupId).at(-1);
    if (view === undefined) throw new TypeError('There are epochs.');
    for (const folding of [nothing, { ...nothing, isAllShown: true }]) {
      const { nodes, height } = layOut(view, folding);
      const rows = nodes.filter(({ node, folded }) => node.level === 0 || folded !== undefined).map(({ y }) => y);
      expect(new Set(rows).size).toBe(rows.length);
      expect(Math.max(...rows)).toBeLessThan(height);
    }
    const all = layOut(view, { ...nothing, isAllShown: true }).nodes;
    expect(all.filter(({ node }) => node.member !== undefined)).toHaveLength(view.members.length);
  });

  test('of a large tree only what is wanted is unfolded, and a fold counts its members', () => {
    const view = epochsOf(256, groupId).at(-1);
    if (view === undefined) throw new TypeError('There are epochs.');
    const { nodes } = layOut(view, { ...nothing, wanted: new Set([5]) });
    expect(nodes.length).toBeLessThan(24);
    expect(nodes.some(({ node }) => node.node === 10)).toBe(true);
    const folded = nodes.reduce((sum, each) => sum + (each.folded?.members ?? 0), 0);
    const shown = nodes.filter(({ node }) => node.member !== undefined).length;
    expect(folded + shown).toBe(view.members.length);
    const [fold] = nodes.filter((each) => each.folded !== undefined);
    const unfolded = layOut(view, { ...nothing, chosen: new Map([[fold?.node.node ?? 0, false]]) });
    expect(unfolded.nodes.find(({ node }) => node === fold?.node)?.folded).toBeUndefined();
  });
});
