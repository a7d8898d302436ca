import { beforeAll, expect, test } from 'vitest';
import { ParleyError } from '../../../protocol/errors.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
/** What the service answers appends with; undefined where it takes them. */
let refusal: (() => Response) | undefined;
/** The bodies of the appends that were refused. */
const refused: string[] = [];

beforeAll(async () => {
  world = await GroupWorld.create();
  const { tamper } = world.world;
  world.world.tamper = async (request, next) => {
    const isAppend = request.method === 'POST' && new URL(request.url).pathname.endsWith('/entries');
    if (refusal === undefined || !isAppend) return tamper(request, next);
    refused.push(await request.text());
    return refusal();
  };
  traveller = await world.open('traveller');
  helper = await world.open('helper');
  await world.ready(traveller, helper);
}, 120_000);

test('a group that the service refuses to make is undone, and whoever made it is told why', async () => {
  refuse(new ParleyError('mailbox_full', 'You are in 1,000 groups. Nothing was stored.'), 507);
  const made = world.during(traveller.agent.groups.create({ name: 'Trip', invite: [helper.agentId] }));
  await expect(made).rejects.toMatchObject({
    code: 'mailbox_full',
    detail: expect.stringMatching(/1,000 groups.*The group was not made\.$/),
  });
  expect(traveller.agent.groups.list()).toEqual([]);
  expect(traveller.events.at(-1)).toMatchObject({ type: 'group_forgotten' });
  const tried = refused.length;
  refusal = undefined;
  await world.close(traveller);
  traveller = await world.open('traveller');
  expect(traveller.agent.groups.list()).toEqual([]);
  expect(refused.length).toBe(tried);
});

test('a group that the service does not make for now comes about later, and says so', async () => {
  refuse(new ParleyError('unavailable', 'The service is busy.'), 503);
  const made = world.during(traveller.agent.groups.create({ name: 'Later', invite: [] }));
  await expect(made).rejects.toMatchObject({ code: 'unavailable', detail: expect.stringMatching(/comes about once/) });
  expect(traveller.agent.groups.list()).toMatchObject([{ name: 'Later', status: 'creating' }]);
  refusal = undefined;
  await world.passing(() => (traveller.agent.groups.list()[0]?.status === 'member' ? true : undefined));
});

test('a change that the service refuses for good is dropped; one that it does not take for now comes about later', async () => {
  const { groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite: [] }));
  refuse(new ParleyError('mailbox_full', 'The group is full.'), 507);
  const full = world.during(traveller.agent.groups.rename(groupId, 'Rome'));
  await expect(full).rejects.toMatchObject({
    code: 'mailbox_full',
    detail: expect.stringMatching(/Nothing in the group was changed\.$/),
  });
  refuse(new ParleyError('rate_limited', 'Too many commits.'), 429);
  const limited = world.during(traveller.agent.groups.rename(groupId, 'Paris'));
  await expect(limited).rejects.toMatchObject({
    code: 'rate_limited',
    detail: expect.stringMatching(/comes about once/),
  });
  refusal = undefined;
  const name = () => traveller.agent.groups.list().find((group) => group.groupId === groupId)?.name;
  await world.passing(() => (name() === 'Paris' ? true : undefined));
});

function refuse({ code, detail }: ParleyError, status: number): void {
  const headers = { 'content-type': 'application/problem+json' };
  refusal = () => Response.json({ type: 'about:blank', title: detail, status, code, detail }, { status, headers });
}
