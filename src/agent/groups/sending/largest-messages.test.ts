import { beforeAll, expect, test } from 'vitest';
import type { ExchangeView } from '../../contracts/views.ts';
import { MethodRegistry } from '../../messages/methods.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';
import { twoMembers } from '../testing/two-members.ts';

const mebibyte = 1_048_576;
let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let groupId: string;

beforeAll(async () => {
  world = await GroupWorld.create();
  ({ traveller, helper, groupId } = await twoMembers(world));
}, 120_000);

function incoming({ agent }: Resident, messageId: string): ExchangeView | undefined {
  return agent
    .snapshot()
    .exchanges.find(({ direction, group }) => direction === 'incoming' && group?.messageId === messageId);
}

test.each([0, 1, mebibyte - 1, mebibyte])(
  'an attachment of %i bytes arrives, and is there after a reload',
  async (size) => {
    const bytes = crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536)));
    const whole = new Uint8Array(size);
    whole.set(bytes);
    const said = await world.during(
      traveller.agent.groups.say({ groupId, content: 'a map', attachment: { bytes: whole, name: 'map.png' } }),
    );
    const { messageId } = said.group;
    const received = await world.passing(() => incoming(helper, messageId));
    expect(received).toMatchObject({ group: { attachment: { size, name: 'map.png' } } });
    await world.close(helper);
    helper = await world.open('helper');
    for (const { agent } of [traveller, helper]) {
      expect(Buffer.from(await agent.groups.attachment(groupId, messageId)).equals(whole)).toBe(true);
    }
  },
);

test('what no entry has room for is refused before anything is stored or sent', async () => {
  const before = traveller.agent.snapshot().exchanges.length;
  const { groups } = traveller.agent;
  await expect(
    groups.say({ groupId, content: 'a map', attachment: { bytes: new Uint8Array(mebibyte + 1) } }),
  ).rejects.toMatchObject({ code: 'invalid_input' });
  const large = 'x'.repeat(mebibyte + 65_536);
  await expect(groups.say({ groupId, content: large })).rejects.toMatchObject({ code: 'message_too_large' });
  await expect(groups.ask({ groupId, method: 'echo', parameters: large })).rejects.toMatchObject({
    code: 'message_too_large',
  });
  const both = { bytes: new Uint8Array(mebibyte) };
  await expect(groups.say({ groupId, content: 'x'.repeat(65_536), attachment: both })).rejects.toMatchObject({
    code: 'message_too_large',
  });
  expect(traveller.agent.snapshot().exchanges).toHaveLength(before);
  // What goes out after that is not held up.
  const said = await world.during(groups.say({ groupId, content: 'after that' }));
  await world.passing(() => incoming(helper, said.group.messageId));
});

test('a result that no answer has room for is answered with an error', async () => {
  const methods = new MethodRegistry();
  methods.register('large', () => 'x'.repeat(mebibyte + 65_536));
  await world.close(helper);
  helper = await world.open('helper', { methods });
  const asked = await world.during(traveller.agent.groups.ask({ groupId, method: 'large', parameters: null }));
  const answered = await world.passing(() =>
    traveller.agent
      .snapshot()
      .exchanges.find(({ requestId, status }) => requestId === asked.requestId && status !== 'pending'),
  );
  expect(answered).toMatchObject({ status: 'error', error: { code: 'handler_failed' } });
  expect(answered.error?.detail).toContain('larger than a message');
});
