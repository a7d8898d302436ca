import { expect, test } from 'vitest';
import { createCommit } from '../../mls/group/create-commit.ts';
import { GroupWorld, random } from '../testing/group-world.ts';
import { add, descriptorOf, keyPackageOf, remove, threeMembers } from '../testing/judged-group.ts';
import { listsAfter, listsOf } from './lists-after.ts';

const world = await GroupWorld.create();
const { anna, bert } = await threeMembers(world);
const descriptor = descriptorOf();
const current = listsOf(anna.state.tree, descriptor);

test('the lists of a group are its members and admins, sorted', () => {
  expect(current).toEqual({ members: ['anna', 'bert', 'carl'], admins: ['anna'] });
});

test('an admin says how the group is after its commit', async () => {
  const dora = await keyPackageOf(await world.agent('dora'));
  const { newTree: tree } = await createCommit(anna.state, { proposals: [remove(2), add(dora)], random });
  const after = { members: ['anna', 'bert', 'dora'], admins: ['anna'] };
  expect(listsAfter(current, { by: 'anna', tree, descriptor, gone: [] })).toEqual(after);
  expect(listsAfter(undefined, { by: 'anna', tree, descriptor, gone: [] })).toEqual(after);
});

test('from another they only lack who left or was revoked', async () => {
  const { newTree: tree } = await createCommit(bert.state, { proposals: [remove(2)], random });
  const lists = { ...current, admins: ['anna', 'carl'] };
  expect(listsAfter(lists, { by: 'bert', tree, descriptor, gone: ['carl'] })).toEqual({
    members: ['anna', 'bert'],
    admins: ['anna'],
  });
  // An expired member stays in them: the next admin's commit corrects that.
  expect(listsAfter(lists, { by: 'bert', tree, descriptor, gone: [] })).toEqual(lists);
});

test('anybody says how the group is when no admin is a member', async () => {
  const { newTree: tree } = await createCommit(bert.state, { proposals: [remove(0)], random });
  const orphaned = { members: ['bert', 'carl'], admins: ['anna'] };
  expect(listsAfter(orphaned, { by: 'carl', tree, descriptor, gone: [] })).toEqual({
    members: ['bert', 'carl'],
    admins: ['bert'],
  });
});
