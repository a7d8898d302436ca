import { expect, test } from 'vitest';
import type { GroupsApi } from '../../contracts/groups-api.ts';
import { groupsNotOpen } from '../unavailable.ts';
import { CheckedGroups } from './checked-groups.ts';

const groupId = 'ab'.repeat(16);
const helper = 'helper_agent_001';
const many = Array.from({ length: 257 }, (_, index) => `agent_${index}`);

/** Groups that note what gets through to them. */
function noting() {
  const calls: unknown[] = [];
  const inner = new Proxy(groupsNotOpen, {
    get:
      (_, name) =>
      async (...args: readonly unknown[]) => {
        calls.push([name, ...args]);
      },
  });
  return { calls, groups: new CheckedGroups(inner) };
}

/** Calls a method as a program without types does. */
function call(groups: GroupsApi, name: string, args: readonly unknown[]): Promise<unknown> {
  const method: unknown = Reflect.get(groups, name);
  if (typeof method !== 'function') throw new TypeError(`There is no ${name}.`);
  return Promise.resolve(Reflect.apply(method, groups, args));
}

const circle: Record<string, unknown> = {};
circle.again = circle;
const bytes = new Uint8Array(1);
const trap = Object.defineProperty({}, 'joinsByItself', {
  enumerable: true,
  get: () => {
    throw new Error('no');
  },
});

test.each<readonly [string, string, readonly unknown[]]>([
  ['settings is not given', 'setSettings', [undefined]],
  ['settings has to be an object', 'setSettings', ['yes']],
  ['settings.joinsByItself is not given', 'setSettings', [{}]],
  [
    'settings.joinsByItself.direct has to be true or false',
    'setSettings',
    [{ joinsByItself: { direct: 1, group: true } }],
  ],
  ['settings.joinsByItself.group is not given', 'setSettings', [{ joinsByItself: { direct: true } }]],
  [
    'settings.joinsByItself.all is no member',
    'setSettings',
    [{ joinsByItself: { direct: true, group: true, all: true } }],
  ],
  ['settings["a b"] is no member', 'setSettings', [{ joinsByItself: { direct: true, group: true }, 'a b': 1 }]],
  ['threw an error when it was read', 'setSettings', [trap]],
  ['What is given has to be an object', 'create', [null]],
  ['name is not given', 'create', [{ invite: [] }]],
  ['name has 1 to 100 characters', 'create', [{ name: '' }]],
  ['name has 1 to 100 characters', 'create', [{ name: 'a\u202eb' }]],
  ['invite has to be an array', 'create', [{ name: 'Trip', invite: helper }]],
  ['invite[1] is no agent_id', 'create', [{ name: 'Trip', invite: [helper, 'Helper'] }]],
  ['invite[0] has to be an agent_id', 'create', [{ name: 'Trip', invite: [7] }]],
  ['invite names more than 256', 'create', [{ name: 'Trip', invite: many }]],
  ['kind is no member', 'create', [{ name: 'Trip', kind: 'direct' }]],
  ['agentIds has to be an array', 'invite', [groupId, helper]],
  ['agentIds[0] is no agent_id', 'invite', [groupId, ['../x']]],
  ['agentIds names more than 256', 'invite', [groupId, many]],
  ['agentIds has to be an array', 'remove', [groupId, new Set([helper])]],
  ['agentIds[0] has to be an agent_id', 'remove', [groupId, [null]]],
  ['name has to be a string', 'rename', [groupId, 7]],
  ['name has 1 to 100 characters', 'rename', [groupId, 'a'.repeat(101)]],
  ['admins has to name an agent', 'setAdmins', [groupId, []]],
  ['admins has to be an array', 'setAdmins', [groupId, undefined]],
  ['content is undefined', 'say', [{ groupId, content: undefined }]],
  ['content is not given', 'say', [{ groupId }]],
  ['content.when is an object of the class Date', 'say', [{ groupId, content: { when: new Date(0) } }]],
  ['content[1] is a bigint', 'say', [{ groupId, content: [1, 2n] }]],
  ['content.again is an object that holds itself', 'say', [{ groupId, content: circle }]],
  ['content.by is an object of the class Map', 'say', [{ groupId, content: { by: new Map() } }]],
  ['content is NaN', 'say', [{ groupId, content: Number.NaN }]],
  ['attachment.bytes has to be a Uint8Array', 'say', [{ groupId, content: 'a', attachment: { bytes: [1] } }]],
  ['attachment.bytes is not given', 'say', [{ groupId, content: 'a', attachment: {} }]],
  ['attachment.name has to be a string', 'say', [{ groupId, content: 'a', attachment: { bytes, name: 7 } }]],
  ['attachment.mediaType has to be a string', 'say', [{ groupId, content: 'a', attachment: { bytes, mediaType: {} } }]],
  ['attachment has to be an object', 'say', [{ groupId, content: 'a', attachment: 'a' }]],
  ['parameters.x is a function', 'ask', [{ groupId, method: 'echo', parameters: { x: () => 1 } }]],
  ['method has 1 to 128 characters', 'ask', [{ groupId, method: '', parameters: 1 }]],
  ['method has to be a string', 'ask', [{ groupId, method: {}, parameters: 1 }]],
  ['to has to be an array', 'ask', [{ groupId, method: 'echo', parameters: 1, to: helper }]],
  ['to has to name an agent', 'ask', [{ groupId, method: 'echo', parameters: 1, to: [] }]],
  ['to[0] is no agent_id', 'ask', [{ groupId, method: 'echo', parameters: 1, to: ['*'] }]],
  ['expires has to be a number', 'ask', [{ groupId, method: 'echo', parameters: 1, expires: '60' }]],
  ['exchange is no member', 'ask', [{ groupId, method: 'echo', parameters: 1, exchange: {} }]],
  ['key has to be a string', 'create', [{ name: 'Trip' }, 7]],
  ['key has to be a string', 'cancelCreation', [7]],
  ['messageId is no message_id', 'attachment', [groupId, '../talk/state']],
  ['on has to be true or false', 'setReceipts', [groupId, 'off']],
  ['before has to be an integer', 'events', [groupId, 1.5]],
  ['before has to be 0 or more', 'events', [groupId, -1]],
  ['count has to be a number', 'events', [groupId, 1, Number.NaN]],
  ['count has to be 1 or more', 'events', [groupId, undefined, 0]],
  ...[
    ...['leave', 'forget', 'accept', 'decline', 'markRead', 'goOnForked', 'rejoin', 'startAnew', 'events', 'epochs'],
    ...['invite', 'remove', 'rename', 'setAdmins', 'attachment', 'setReceipts'],
  ].flatMap(
    (name) =>
      [
        ['groupId has to be a group_id', name, [7]],
        ['groupId is no group_id', name, ['#x']],
      ] as const,
  ),
])('%s: %s', async (words, name, args) => {
  const { groups, calls } = noting();
  await expect(call(groups, name, args)).rejects.toMatchObject({
    code: 'invalid_input',
    detail: expect.stringContaining(words),
  });
  expect(calls).toEqual([]);
});

test('what a call takes gets through, as a copy', async () => {
  const { groups, calls } = noting();
  const invite = [helper];
  await groups.create({ name: 'Trip', invite });
  invite.push('later_agent_001');
  await groups.say({ groupId, content: { b: 1, a: [null] }, attachment: { bytes, name: '', mediaType: '' } });
  await call(groups, 'ask', [{ groupId, method: 'echo', parameters: null, to: undefined, expires: undefined }]);
  await groups.setSettings({ joinsByItself: { direct: false, group: true } });
  await groups.events(groupId, undefined, 1);
  expect(calls).toEqual([
    ['create', { name: 'Trip', invite: [helper] }],
    ['say', { groupId, content: { b: 1, a: [null] }, attachment: { bytes, name: '', mediaType: '' } }],
    ['ask', { groupId, method: 'echo', parameters: null }],
    ['setSettings', { joinsByItself: { direct: false, group: true } }],
    ['events', groupId, undefined, 1],
  ]);
});
