import { beforeAll, expect, test } from 'vitest';
import type { Extension } from '../../mls/structures/extension.ts';
import type { TestMember } from '../../mls/testing/test-member.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';
import { groupExtensions } from '../profile/group-context.ts';
import { GroupWorld, now } from '../testing/group-world.ts';
import {
  add,
  describe,
  descriptorOf,
  Judge,
  keyPackageOf,
  membersOfGroup,
  remove,
  threeMembers,
} from '../testing/judged-group.ts';

let world: GroupWorld;
let judge: Judge;
let anna: TestMember;
let bert: TestMember;

beforeAll(async () => {
  world = await GroupWorld.create();
  judge = new Judge(world);
  ({ anna, bert } = await threeMembers(world));
});

const codeOf = (change: Partial<Descriptor>, ...more: ReturnType<typeof remove>[]) =>
  judge.forged(bert, anna, { proposals: [describe(change), ...more] });
const codeOfExtensions = (extensions: readonly Extension[]) =>
  judge.forged(bert, anna, { proposals: [{ type: 'group_context_extensions', extensions }] });

test('name and admins may change', async () => {
  expect(await codeOf({ name: 'Work' })).toBe('valid');
  expect(await codeOf({ admins: ['anna', 'bert', 'carl'] })).toBe('valid');
  expect(await codeOf({ admins: [] })).toBe('valid');
  const { message } = await anna.commit({ proposals: [describe({ name: 'Work', admins: ['anna', 'bert'] })] });
  expect(await judge.verdict(bert, message)).toMatchObject({
    valid: true,
    change: { by: 'anna', renamed: 'Work', admins: ['anna', 'bert'], removed: [], updated: true },
  });
  ({ anna, bert } = await threeMembers(world));
});

test('kind and created_at never change', async () => {
  expect(await codeOf({ createdAt: now + 1 })).toBe('descriptor_changed');
  expect(await codeOf({ kind: 'direct', admins: ['anna', 'bert'] })).toBe('descriptor_changed');
});

test('the admins are members after the commit', async () => {
  expect(await codeOf({ admins: ['anna', 'zora'] })).toBe('admin_not_member');
  expect(await codeOf({ admins: ['anna', 'carl'] })).toBe('valid');
  expect(await codeOf({ admins: ['anna', 'carl'] }, remove(2))).toBe('admin_not_member');
});

test('an admin that is removed is no obstacle: the descriptor may stay', async () => {
  const group = await threeMembers(world, { admins: ['anna', 'carl'] });
  expect(await judge.forged(group.bert, group.anna, { proposals: [remove(2)] })).toBe('valid');
});

test('the GroupContext has exactly required_capabilities and the descriptor', async () => {
  const [required, descriptor] = groupExtensions(descriptorOf({ name: 'Work' }));
  if (required === undefined || descriptor === undefined) throw new Error('An extension is missing.');
  expect(await codeOfExtensions([required, descriptor])).toBe('valid');
  for (const extensions of [
    [],
    [required],
    [descriptor],
    [descriptor, required],
    [required, descriptor, { type: 1, data: new Uint8Array(1) }],
    [{ ...required, data: new Uint8Array(3) }, descriptor],
  ]) {
    expect(await codeOfExtensions(extensions)).toBe('group_extensions_not_exact');
  }
  expect(await codeOfExtensions([required, { ...descriptor, type: 0xf003 }])).toBe('group_extension_not_supported');
});

test('the descriptor is well formed, also from an admin', async () => {
  const [required] = groupExtensions(descriptorOf());
  if (required === undefined) throw new Error('An extension is missing.');
  const codeOfJson = (json: Parameters<typeof canonicalBytes>[0]) =>
    codeOfExtensions([required, { type: 0xf002, data: canonicalBytes(json) }]);
  const json = { kind: 'group', name: 'Family', admins: ['anna'], created_at: now };
  expect(await codeOfJson(json)).toBe('valid');
  expect(await codeOfJson({ ...json, more: 1 })).toBe('descriptor_malformed');
  expect(await codeOfJson({ ...json, name: 'a\u202eb' })).toBe('descriptor_name');
  expect(await codeOfJson({ ...json, admins: ['bert', 'anna'] })).toBe('descriptor_admins');
});

test('a direct group has no leaf of a third agent, and keeps its two admins', async () => {
  const agents = await Promise.all(['anna', 'bert'].map((name) => world.agent(name)));
  const direct = { kind: 'direct', admins: ['anna', 'bert'] } as const;
  const [first, second] = await membersOfGroup(agents, direct);
  if (first === undefined || second === undefined) throw new Error('The group is too small.');
  const codeIn = (proposals: Parameters<Judge['forged']>[2]['proposals'] = []) =>
    judge.forged(second, first, { proposals });
  expect(await codeIn([describe({ ...direct, name: 'Work' })])).toBe('valid');
  expect(await codeIn([describe({ ...direct, admins: ['anna', 'carl'] })])).toBe('descriptor_changed');
  expect(await codeIn([add(await keyPackageOf(await world.agent('carl')))])).toBe('not_of_direct_group');
  expect(await codeIn([remove(1)])).toBe('valid');
});
