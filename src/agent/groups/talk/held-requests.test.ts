import { beforeAll, expect, test } from 'vitest';
import { ParleyError } from '../../../protocol/errors.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';
import { twoMembers } from '../testing/two-members.ts';

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let groupId: string;

beforeAll(async () => {
  world = await GroupWorld.create();
  ({ traveller, helper, groupId } = await twoMembers(world));
  helper.agent.setAnswering('person');
}, 120_000);

function requests({ agent }: Resident, direction: 'incoming' | 'outgoing') {
  return agent
    .snapshot()
    .exchanges.filter(
      (one) => one.direction === direction && one.group?.kind === 'request' && one.group.groupId === groupId,
    );
}

function ask(parameters: string, expires: number) {
  return traveller.agent.groups.ask({ groupId, method: 'send_request', parameters, to: [helper.agentId], expires });
}

test('what waits for a person while the group cannot be read is reported when it expires, and goes on once it can', async () => {
  await ask('Soon?', 3_600_000);
  await ask('Later?', 86_400_000);
  await world.passing(() => (requests(helper, 'incoming').length === 2 ? true : undefined));
  await world.close(helper);
  await world.close(traveller);
  const drop = [{ group: groupId, part: 'epoch' }];
  await helper.store.commit({ exchanges: [], audit: [], groups: [{ put: [], drop }] });
  helper = await world.open('helper');
  helper.agent.setAnswering('person');
  expect(helper.agent.groups.list()[0]?.status).toBe('stranded');
  expect(requests(helper, 'incoming').map(({ status }) => status)).toEqual(['held', 'held']);
  world.world.clock.advance(3_601_000);
  const failed = await world.passing(() => requests(helper, 'incoming').find(({ status }) => status === 'failed'));
  expect(failed).toMatchObject({ parameters: 'Soon?', error: { code: 'timed_out' } });

  traveller = await world.open('traveller');
  await world.passing(() => (helper.agent.groups.list()[0]?.status === 'member' ? true : undefined));
  const left = requests(helper, 'incoming').find(({ status }) => status === 'held');
  if (left === undefined) throw new TypeError('One is held.');
  await world.passing(() => {
    try {
      helper.agent.answer(left.peerId, left.requestId, { status: 'SUCCESS', result: 'Yes' });
      return true;
    } catch (cause) {
      // It is asked for again as soon as the group is read.
      if (cause instanceof ParleyError) return undefined;
      throw cause;
    }
  });
  const answered = await world.passing(() =>
    requests(traveller, 'outgoing').find(({ status }) => status === 'success'),
  );
  expect(answered).toMatchObject({ parameters: 'Later?', result: 'Yes' });
  const other = await world.passing(() =>
    requests(traveller, 'outgoing').find(({ parameters }) => parameters === 'Soon?'),
  );
  expect(other).toMatchObject({ status: 'failed', error: { code: 'timed_out' } });
});

test('a request that expires before the service has it is reported and runs nowhere, also after a restart', async () => {
  const carry = world.world.tamper;
  const cut: typeof carry = async (request, next) => {
    if (request.method === 'POST' && request.url.endsWith('/entries')) {
      throw new ParleyError('peer_unreachable', 'The line is cut.');
    }
    return carry(request, next);
  };
  world.world.tamper = cut;
  const asked = await ask('Never?', 60_000);
  await world.close(traveller);
  world.world.clock.advance(61_000);
  traveller = await world.open('traveller');
  const failed = await world.passing(() =>
    requests(traveller, 'outgoing').find(
      ({ requestId, status }) => requestId === asked.requestId && status === 'failed',
    ),
  );
  expect(failed).toMatchObject({
    error: { code: 'timed_out', detail: expect.stringContaining('before the delivery') },
  });
  world.world.tamper = carry;
  await world.during(traveller.agent.groups.say({ groupId, content: 'after that' }));
  await world.passing(() =>
    helper.agent
      .snapshot()
      .exchanges.find(({ direction, parameters }) => direction === 'incoming' && parameters === 'after that'),
  );
  const late = requests(helper, 'incoming').filter(({ parameters }) => parameters === 'Never?');
  expect(late.every(({ status, error }) => status === 'failed' && error?.code === 'timed_out')).toBe(true);
});
