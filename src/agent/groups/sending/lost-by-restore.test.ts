import { beforeAll, expect, test } from 'vitest';
import { backedUp } from '../testing/backed-up-store.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';
import { twoMembers } from '../testing/two-members.ts';

const stored = backedUp();
let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let groupId = '';
/** True until the next message that is appended, behind which the service is restored to what its backup has. */
let isToBeRestored = false;

beforeAll(async () => {
  world = await GroupWorld.create({}, stored.store);
  const { tamper } = world.world;
  world.world.tamper = async (request, next) => {
    const isAppend = request.method === 'POST' && new URL(request.url).pathname.endsWith('/entries');
    const response = await tamper(request, next);
    if (!isAppend || !isToBeRestored) return response;
    isToBeRestored = false;
    expect(response.status).toBe(201);
    world.restore(stored.copy);
    return response;
  };
  ({ traveller, helper, groupId } = await twoMembers(world));
  await say('before');
  await world.passing(() => heard('before')[0]);
  await world.passing(() => delivery('before') === 'stored' || undefined);
}, 300_000);

const say = (content: string) => world.during(traveller.agent.groups.say({ groupId, content }));
const delivery = (content: string) =>
  traveller.agent.snapshot().exchanges.find(({ parameters }) => parameters === content)?.group?.delivery;
const heard = (content: string) => helper.agent.snapshot().exchanges.filter(({ parameters }) => parameters === content);

test('a message that the service has confirmed and lost by a restore is appended again, without a restart', async () => {
  // It is away, or it might read what is lost right after.
  await world.close(helper);
  stored.stop();
  isToBeRestored = true;
  await say('lost');
  await world.passing(() => !isToBeRestored || undefined);
  helper = await world.open('helper');
  await world.passing(() => heard('lost')[0]);
  await say('after');
  await world.passing(() => heard('after')[0]);
  expect(heard('lost')).toHaveLength(1);
  await world.passing(() => (delivery('lost') !== 'sending' && delivery('after') !== 'sending') || undefined);
}, 300_000);
