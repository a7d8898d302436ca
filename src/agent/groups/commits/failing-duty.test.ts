import { beforeAll, expect, test } from 'vitest';
import { GroupWorld, type Resident } from '../testing/group-world.ts';
import { twoMembers } from '../testing/two-members.ts';

const day = 86_400_000;
let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
let groupId = '';
/** True while the Controller denies every certificate that it is asked for. */
let isDenying = false;

beforeAll(async () => {
  world = await GroupWorld.create();
  const { tamper } = world.world;
  world.world.tamper = (request, next) =>
    isDenying && new URL(request.url).pathname.startsWith('/controller/certificates/')
      ? Promise.resolve(unknown())
      : tamper(request, next);
  ({ traveller, helper, groupId } = await twoMembers(world));
  await world.close(helper);
  // From here on its own certificate is stored.
  await world.during(traveller.agent.groups.rename(groupId, 'Paris'));
}, 300_000);

const view = () => traveller.agent.groups.list().find((group) => group.groupId === groupId);
const certificate = ({ agent }: Resident) => JSON.stringify(agent.snapshot().phase);

test('a duty that this agent finds invalid holds nothing up, is told, and is done once it can be', async () => {
  const epoch = view()?.epoch ?? Number.NaN;
  const before = certificate(traveller);
  isDenying = true;
  // The certificate is renewed, and with it the credential in the group is due, by a certificate that nobody is shown.
  world.world.clock.sleep(22 * day);
  await world.passing(() => certificate(traveller) !== before || undefined);
  await world.passing(() => (view()?.failing?.code === 'unknown_certificate' ? true : undefined));
  expect(view()).toMatchObject({ status: 'member', epoch });
  await world.during(traveller.agent.groups.say({ groupId, content: 'Is anybody there?' }));
  await world.passing(() => {
    const said = traveller.agent.snapshot().exchanges.find(({ parameters }) => parameters === 'Is anybody there?');
    return said?.group?.delivery === 'stored' || undefined;
  });
  const renamed = await world.during(traveller.agent.groups.rename(groupId, 'Rome').catch((cause: unknown) => cause));
  expect(renamed).toMatchObject({ name: 'Rome' });
  isDenying = false;
  await world.passing(() => (view()?.epoch ?? 0) > epoch + 1 || undefined);
  expect(view()?.failing).toBeUndefined();
}, 300_000);

function unknown(): Response {
  const [code, title] = ['unknown_certificate', 'The Controller never issued this certificate'];
  const headers = { 'content-type': 'application/problem+json' };
  return Response.json({ type: 'about:blank', title, status: 404, code, detail: title }, { status: 404, headers });
}
