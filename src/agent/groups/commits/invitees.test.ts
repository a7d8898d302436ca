import { beforeAll, expect, test } from 'vitest';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

let world: GroupWorld;
let traveller: Resident;
const others: Resident[] = [];
/** Agents whose KeyPackages are not taken in: they have just been opened. */
const notYet = new Set<string>();
/** Takes that wait for an answer, and the most that did so far. */
let open = 0;
let most = 0;
/** While there is one, takes wait for it. */
let gate: PromiseWithResolvers<void> | undefined;

beforeAll(async () => {
  world = await GroupWorld.create({ takesOfTaker: 1_000 });
  const { tamper } = world.world;
  world.world.tamper = async (request, next) => {
    const [, agentId = ''] = /\/key-packages\/([^/]+)\/take$/.exec(new URL(request.url).pathname) ?? [];
    if (agentId === '') return tamper(request, next);
    open += 1;
    most = Math.max(most, open);
    await gate?.promise;
    open -= 1;
    return notYet.has(agentId) ? nothingLeft() : tamper(request, next);
  };
  traveller = await world.open('traveller');
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']) others.push(await world.open(`helper${name}`));
  await world.ready(...others);
}, 300_000);

const invite = (residents: readonly Resident[]) => residents.map(({ agentId }) => agentId);
const create = (residents: readonly Resident[]) =>
  world.during(traveller.agent.groups.create({ name: 'Trip', invite: invite(residents) }));

test('KeyPackages of many are taken side by side, eight at a time', async () => {
  gate = Promise.withResolvers();
  const made = create(others);
  await world.passing(() => open >= 8 || undefined);
  gate.resolve();
  gate = undefined;
  expect((await made).members.map(({ agentId }) => agentId)).toEqual([traveller.agentId, ...invite(others)]);
  expect(most).toBe(8);
});

test('an agent that was opened just now is waited for', async () => {
  const [first, second] = others;
  if (first === undefined || second === undefined) throw new TypeError('There are ten.');
  notYet.add(first.agentId);
  const soon = world.world.clock.now() + 2_000;
  const made = create([first, second]);
  await world.passing(() => world.world.clock.now() > soon || undefined);
  notYet.delete(first.agentId);
  expect((await made).members).toHaveLength(3);
});

test('who cannot be invited is named, each of them, and nothing is made', async () => {
  const [first, second, third] = others;
  if (first === undefined || second === undefined || third === undefined) throw new TypeError('There are ten.');
  notYet.add(first.agentId).add(third.agentId);
  const before = traveller.agent.groups.list().length;
  const failed = await create([first, second, third]).catch((cause: unknown) => cause);
  expect(failed).toMatchObject({ code: 'no_key_package', detail: expect.stringContaining(first.agentId) });
  expect(failed).toMatchObject({ detail: expect.stringContaining(third.agentId) });
  expect(failed).toMatchObject({ detail: expect.not.stringContaining(second.agentId) });
  expect(failed).toMatchObject({ detail: expect.stringMatching(/Nobody was invited/) });
  expect(traveller.agent.groups.list()).toHaveLength(before);
  const { groupId } = await create([]);
  const added = traveller.agent.groups.invite(groupId, [first.agentId]);
  await expect(world.during(added)).rejects.toMatchObject({ detail: expect.stringContaining(first.agentId) });
  notYet.clear();
  const view = await world.during(traveller.agent.groups.invite(groupId, invite([first, second, third])));
  expect(view.members).toHaveLength(4);
});

function nothingLeft(): Response {
  const [code, title] = ['no_key_package', 'This agent cannot be invited at the moment'];
  const headers = { 'content-type': 'application/problem+json' };
  return Response.json({ type: 'about:blank', title, status: 404, code, detail: title }, { status: 404, headers });
}
