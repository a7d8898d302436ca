import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { Chance } from '../../mls/testing/chance.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { decodeIfBase64 } from '../../protocol/wire/base64.ts';
import { GroupWorld } from './testing/group-world.ts';
import { KilledHistory } from './testing/killed-history.ts';
import { type Killer, Mortal } from './testing/mortal.ts';
import { SealedMessages } from './testing/sealed-messages.ts';

const names = ['traveller', 'helper', 'guide'] as const;
const isExhaustive = inject('exhaustive');
/** Groups after which all begin anew: each one is work for its members. */
const runsOfWorld = 20;

let world: GroupWorld;
let mortals: readonly Mortal[] = [];
let runs = 0;
const sealed = new SealedMessages();

beforeAll(async () => {
  watchKeys();
  await begin();
}, 300_000);

afterAll(() => vi.restoreAllMocks());

/** A world without the service's limits by the hour, and agents that are ready. */
async function begin(): Promise<void> {
  for (const { resident } of mortals) if (resident !== undefined) await world.close(resident);
  const many = 1_000_000;
  world = await GroupWorld.create({
    takesOfTaker: many,
    takesOfAgent: many,
    takesInAll: many,
    newGroupsAnHour: many,
    commitsAnHour: many,
  });
  mortals = names.map((name) => new Mortal(world, name));
  for (const mortal of mortals) await mortal.live();
  await world.ready(...mortals.flatMap(({ resident }) => resident ?? []));
}

/** A process that ends again and again: at every seventh transaction, first at the one that `at` says, alternately before and after it. */
const again = (at: number): Killer => {
  let isBefore = at % 2 === 0;
  return (write) => {
    if (write % 7 !== at % 7) return undefined;
    isBefore = !isBefore;
    return isBefore ? 'before' : 'after';
  };
};

const never: Killer = () => undefined;

test.each(isExhaustive ? [0, 1, 2, 3, 4, 5, 6] : [3])(
  'processes that end at every seventh write, from write %i on, lose nothing, show nothing twice and use no key twice',
  { timeout: 900_000 },
  async (at) => {
    const writes = await played(
      at,
      mortals.map((_, which) => again(at + 2 * which)),
    );
    expect(writes.deaths).toBeGreaterThan(3);
  },
);

test('a process that ends at any one write of a history, before it or after it, does neither', {
  timeout: 10_800_000,
}, async () => {
  const seed = 5;
  const { perAgent } = await played(
    seed,
    mortals.map(() => never),
  );
  const places = perAgent.flatMap((count, which) =>
    Array.from({ length: count }, (_, write) => (['before', 'after'] as const).map((kill) => ({ which, write, kill }))),
  );
  const all = places.flat();
  const chance = new Chance(Date.now());
  const tried = isExhaustive ? all : chance.shuffled(all).slice(0, 4);
  for (const { which, write, kill } of tried) {
    const killers = mortals.map(
      (_, other): Killer =>
        (at) =>
          other === which && at === write ? kill : undefined,
    );
    await played(seed, killers, `${names[which]} ${kill} write ${write}`);
  }
  expect(all.length).toBeGreaterThan(60);
});

// It shows that these tests can fail.
test('a store that confirms a message with its ratchet and loses both is found out: the key seals two messages', async () => {
  const [speaker] = mortals;
  if (speaker === undefined) throw new Error('Nobody is there.');
  speaker.watch(never);
  const { groupId } = await world.during(speaker.agent.groups.create({ name: 'Forgetful' }));
  const isSealed = ({ part }: { readonly part: string }) => part.startsWith('outbox/');
  speaker.watch((_, { groups = [] }) => (groups.some(({ put }) => put.some(isSealed)) ? 'lost' : undefined));
  await world.during(speaker.agent.groups.say({ groupId, content: 'one' }));
  await world.passing(() => speaker.isDead || undefined);
  const { length } = appendedIn(groupId);
  speaker.watch(never);
  await speaker.revive();
  await world.passing(() => appendedIn(groupId).length > length || undefined);
  const take = () => {
    for (const message of appendedIn(groupId)) sealed.appended(message);
  };
  expect(take).toThrow('A key and generation have sealed two messages.');
});

async function played(seed: number, killers: readonly Killer[], where = `seed ${seed}`) {
  if (runs % runsOfWorld === runsOfWorld - 1) await begin();
  world.world.carried.length = 0;
  for (const [at, mortal] of mortals.entries()) mortal.watch(killers[at] ?? never);
  const history = new KilledHistory(world, mortals, new Chance(seed), `Trip ${runs++}`);
  try {
    await history.play(4);
    for (const message of appendedIn(history.groupId)) sealed.appended(message);
  } catch (cause) {
    throw new Error(`The history does not hold: ${where}.`, { cause });
  }
  const perAgent = mortals.map(({ writes }) => writes);
  return { perAgent, deaths: mortals.reduce((sum, { deaths }) => sum + deaths, 0) };
}

/** Everything that anybody has sent to be appended, whether it was taken or not. */
function appendedIn(groupId: string): readonly Bytes[] {
  return world.world.carried.flatMap(({ url, request }) => {
    if (!url.endsWith(`/delivery/groups/${groupId}/entries`) || request === '') return [];
    const body: unknown = JSON.parse(request);
    if (typeof body !== 'object' || body === null || !('message' in body)) return [];
    const message = typeof body.message === 'string' ? decodeIfBase64(body.message) : undefined;
    return message === undefined ? [] : [message];
  });
}

/** Sees which key seals what: MLS imports the key of a generation for that alone. */
function watchKeys(): void {
  const { subtle } = crypto;
  const importKey = subtle.importKey.bind(subtle);
  const encrypt = subtle.encrypt.bind(subtle);
  vi.spyOn(subtle, 'importKey').mockImplementation(async (format, data, ...more) => {
    const bytes = format === 'raw' && data instanceof Uint8Array ? data.slice() : undefined;
    const key = await importKey(format, data, ...more);
    if (bytes !== undefined && key.usages.includes('encrypt')) sealed.imported(key, bytes);
    return key;
  });
  vi.spyOn(subtle, 'encrypt').mockImplementation(async (algorithm, key, data) => {
    const ciphertext = await encrypt(algorithm, key, data);
    sealed.sealed(key, new Uint8Array(ciphertext));
    return ciphertext;
  });
}
