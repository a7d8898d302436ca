import { beforeEach, expect, test } from 'vitest';
import { ParleyError } from '../../../protocol/errors.ts';
import type { ExchangeView } from '../../contracts/views.ts';
import { MethodRegistry } from '../../messages/methods.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;
/** Opens what keeps the traveller from leaving anything. */
let open: () => void;
/** Calls for a KeyPackage, none of which is answered. */
let takes = 0;
const ran: unknown[] = [];
const methods = new MethodRegistry();
methods.register('work', (parameters) => {
  ran.push(parameters);
  return parameters;
});

/** A helper that is closed, of which the directory says so where `isPresenceKnown`, and a traveller that cannot take its KeyPackage. */
async function begin(isPresenceKnown: boolean): Promise<void> {
  world = await GroupWorld.create();
  traveller = await openTraveller(isPresenceKnown);
  helper = await world.open('helper', { methods });
  await world.ready(traveller, helper);
  await world.close(helper);
  const carry = world.world.tamper;
  const { promise, resolve } = Promise.withResolvers<void>();
  world.world.tamper = async (request, next) => {
    if (!request.url.endsWith('/take')) return carry(request, next);
    takes += 1;
    await promise;
    throw new ParleyError('peer_unreachable', 'The line is cut.');
  };
  open = () => {
    world.world.tamper = carry;
    resolve();
  };
}

function openTraveller(isPresenceKnown: boolean): Promise<Resident> {
  const { network } = world.world;
  return world.open('traveller', { transport: { kind: 'network', network, isPresenceKnown } });
}

/** Asks, and has the agent closed while nothing is left yet. */
async function askAndClose(expires: readonly (number | undefined)[]): Promise<void> {
  const { agent } = traveller;
  takes = 0;
  const sent = expires.map((ms, number) =>
    agent.send({
      ...{ peerId: helper.agentId, method: 'work', parameters: number, whenAway: 'store' },
      ...(ms === undefined ? {} : { expires: ms }),
    }),
  );
  for (const one of sent) one.catch(() => undefined);
  await world.passing(() => takes || undefined);
  expect(asked()).toHaveLength(expires.length);
  expect(asked().every(({ status, group }) => status === 'pending' && group === undefined)).toBe(true);
  const closed = world.close(traveller);
  open();
  await world.during(closed);
  await Promise.allSettled(sent);
}

function asked(): readonly ExchangeView[] {
  return traveller.agent.snapshot().exchanges.filter(({ direction }) => direction === 'outgoing');
}

/** The helper comes back, reads what was left for it, and its answers arrive. */
async function answered(): Promise<readonly ExchangeView[]> {
  helper = await world.open('helper', { methods });
  await world.passing(() => {
    for (const { groupId } of helper.agent.groups.invitations()) {
      void helper.agent.groups.accept(groupId).catch(() => undefined);
    }
    return asked().every(({ status }) => status !== 'pending') ? true : undefined;
  });
  return asked();
}

beforeEach(() => {
  ran.length = 0;
});

test.each([
  ['the directory knows who is away', true],
  ['only tries tell that the peer is away', false],
])(
  'what was not left yet as its agent was closed is left after it, and answered once and in order: %s',
  async (_, isKnown) => {
    await begin(isKnown);
    await askAndClose([undefined, undefined, undefined]);
    traveller = await openTraveller(isKnown);
    await world.passing(() => (asked().every(({ group }) => group?.delivery === 'stored') ? true : undefined));
    expect(asked().every(({ leaveUntil }) => leaveUntil === undefined)).toBe(true);
    expect((await answered()).map(({ status, result }) => [status, result])).toEqual([
      ['success', 0],
      ['success', 1],
      ['success', 2],
    ]);
    expect(ran).toEqual([0, 1, 2]);
    expect(traveller.agent.groups.list()).toHaveLength(1);
  },
);

test('one that was never sent is left for as long as was wished, also days later; one whose time is over fails, and nothing is left', async () => {
  await begin(true);
  await askAndClose([10 * dayMs, hourMs]);
  const until = world.world.clock.now() + 10 * dayMs;
  world.world.clock.sleep(3 * dayMs);
  traveller = await openTraveller(true);
  await world.passing(() =>
    asked().every(({ group, status }) => group !== undefined || status === 'failed') ? true : undefined,
  );
  const [first, second] = asked();
  expect(second).toMatchObject({ status: 'failed', error: { code: 'timed_out' } });
  expect(first?.group?.expiresAt).toBeLessThanOrEqual(until);
  expect(first?.group?.expiresAt).toBeGreaterThan(until - hourMs);
  expect((await answered())[0]).toMatchObject({ status: 'success', result: 0 });
  expect(ran).toEqual([0]);
});

test('one that may have gone out over a session is left for as long as its receiver knows it, and not later', async () => {
  await begin(false);
  await askAndClose([10 * dayMs]);
  const at = asked()[0]?.at ?? 0;
  traveller = await openTraveller(false);
  const [left] = await world.passing(() => (asked()[0]?.group === undefined ? undefined : asked()));
  expect(left?.group?.expiresAt).toBeLessThanOrEqual(at + dayMs - 900_000);
  expect((await answered())[0]).toMatchObject({ status: 'success', result: 0 });

  await begin(false);
  await askAndClose([10 * dayMs]);
  world.world.clock.sleep(dayMs);
  traveller = await openTraveller(false);
  await world.passing(() => (asked()[0]?.status === 'failed' ? true : undefined));
  expect(asked()[0]).toMatchObject({ error: { code: 'timed_out' } });
  expect(traveller.agent.groups.list()).toEqual([]);
});
