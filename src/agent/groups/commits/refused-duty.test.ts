import * as v from 'valibot';
import { beforeAll, expect, test } from 'vitest';
import { ParleyError } from '../../../protocol/errors.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
/** True while the next commit is one that the service refuses for good. */
let isRefusing = false;
/** The messages that it refuses, each as often as it comes. */
const refused = new Set<string>();
const body = v.object({ kind: v.string(), message: v.string() });

beforeAll(async () => {
  world = await GroupWorld.create();
  const { tamper } = world.world;
  world.world.tamper = async (request, next) => {
    if (request.method !== 'POST' || !request.url.endsWith('/entries')) return tamper(request, next);
    const { kind, message } = v.parse(body, await request.clone().json());
    if (isRefusing && kind === 'commit') {
      isRefusing = false;
      refused.add(message);
    }
    return refused.has(message) ? full() : tamper(request, next);
  };
  traveller = await world.open('traveller');
  helper = await world.open('helper');
  await world.ready(traveller, helper);
}, 120_000);

/** Makes a group that the helper has left, and whose first commit for that is refused. */
async function left(): Promise<string> {
  const invite = [helper.agentId];
  const { groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite }));
  await world.passing(() => helper.agent.groups.invitations().find((one) => one.groupId === groupId));
  await world.during(helper.agent.groups.accept(groupId));
  await world.passing(() => view(helper, groupId)?.status === 'member' || undefined);
  const before = refused.size;
  isRefusing = true;
  void world.during(helper.agent.groups.leave(groupId));
  await world.passing(() => refused.size > before || undefined);
  return groupId;
}

const view = ({ agent }: Resident, groupId: string) => agent.groups.list().find((group) => group.groupId === groupId);

test('a duty whose commit is refused for good comes again later', async () => {
  const groupId = await left();
  await world.passing(() => view(traveller, groupId)?.members.length === 1 || undefined);
});

test('a duty whose commit is refused for good stops nobody', async () => {
  const groupId = await left();
  const group = await world.during(traveller.agent.groups.rename(groupId, 'Rome'));
  expect(group.name).toBe('Rome');
});

function full(): Response {
  const { code, detail } = new ParleyError('mailbox_full', 'The group is full.');
  const headers = { 'content-type': 'application/problem+json' };
  return Response.json({ type: 'about:blank', title: detail, status: 507, code, detail }, { status: 507, headers });
}
