import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { Chance } from '../../mls/testing/chance.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { decodeIfBase64 } from '../../protocol/wire/base64.ts';
import { GroupWorld } from './testing/group-world.ts';
import { type Deed, KilledHistory } from './testing/killed-history.ts';
import { type Killer, Mortal } from './testing/mortal.ts';
import { SealedMessages } from './testing/sealed-messages.ts';

const names = ['traveller', 'helper', 'guide'] as const;
const isExhaustive = inject('exhaustive');
/** Groups after which all begin anew: each one is work for its members. */
const groupsOfWorld = 20;
const deeds = [
  'say',
  'ask',
  'file',
  'rename',
  'appoint',
  'leave',
  'heal',
  'lose',
  'direct',
] as const satisfies readonly Deed[];
/** Fixed: a sample that fails can be repeated. */
const chance = new Chance(7);

let world: GroupWorld;
let mortals: readonly Mortal[] = [];
let groups = 0;
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

/** What comes about however often processes end. What is left for a peer is tried with one end at each write, below. */
const often = deeds.filter((deed) => deed !== 'direct');

test.each(isExhaustive ? [0, 1, 2, 3, 4, 5, 6] : [3])(
  'processes that end at every seventh write, from write %i on, lose nothing, show nothing twice and use no key twice',
  { timeout: 900_000 },
  async (at) => {
    await begin();
    const history = historyOf(at);
    const seeded = new Chance(at);
    const kills = mortals.map((_, which) => again(at + 2 * which));
    watch((which) => kills[which] ?? never);
    await held(`seed ${at}`, async () => {
      await history.begin();
      for (let step = 0; step < 4; step++) await history.do(seeded.pick(often));
      await history.end();
    });
    expect(mortals.reduce((sum, { deaths }) => sum + deaths, 0)).toBeGreaterThan(3);
  },
);

const kills = ['before', 'after'] as const;
/** Times that a message is left, so that each of three has left one, has been left one, and has had no part. */
const turnsOfDirect = 3;
const tried = isExhaustive ? deeds : chance.shuffled(deeds).slice(0, 2);

test.each(tried)(
  'a process that ends at any one write of a group (%s), before it or after it, does neither',
  { timeout: 3_600_000 },
  async (deed) => {
    await begin();
    const history = historyOf(7);
    watch(() => never);
    await history.begin();
    let places = 0;
    // What one leaves for another takes them in turns: the first one comes to be each of them.
    const dying = deed === 'direct' ? mortals.slice(0, 1) : mortals;
    for (const [which, mortal] of dying.entries()) {
      for (const kill of isExhaustive ? kills : [chance.pick(kills)]) {
        for (let write = isExhaustive ? 0 : chance.below(3); ; write++) {
          let killed = 0;
          for (let turn = 0; turn < (isExhaustive && deed === 'direct' ? turnsOfDirect : 1); turn++) {
            let isKilled = false;
            watch((other) => (at) => {
              if (other !== which || at !== write || isKilled) return undefined;
              isKilled = true;
              return kill;
            });
            await held(`${deed}: ${mortal.name} ${kill} write ${write}`, async () => history.do(deed));
            if (isKilled) killed++;
          }
          if (killed === 0) break;
          places++;
          if (!isExhaustive) break;
        }
      }
    }
    watch(() => never);
    await held(deed, () => history.end());
    expect(places).toBeGreaterThan(0);
  },
);

test('a process that ends at any one write while a group is made and joined does neither', {
  timeout: 3_600_000,
}, async () => {
  let places = 0;
  for (const [which, mortal] of mortals.entries()) {
    for (const kill of isExhaustive ? kills : [chance.pick(kills)]) {
      for (let write = isExhaustive ? 0 : chance.below(5); ; write++) {
        if (places % groupsOfWorld === 0) await begin();
        let isKilled = false;
        watch((other) => (at) => {
          if (other !== which || at !== write) return undefined;
          isKilled = true;
          return kill;
        });
        const history = historyOf(write);
        await held(`${mortal.name} ${kill} write ${write}`, async () => {
          await history.begin();
          watch(() => never);
          await history.end();
        });
        if (!isKilled) break;
        places++;
        if (!isExhaustive) break;
      }
    }
  }
  expect(places).toBeGreaterThan(0);
});

// It shows that these tests can fail.
test('a store that confirms a message with its ratchet and loses both is found out: the key seals two messages', async () => {
  const [speaker] = mortals;
  if (speaker === undefined) throw new Error('Nobody is there.');
  watch(() => never);
  world.world.carried.length = 0;
  const { groupId } = await world.during(speaker.agent.groups.create({ name: 'Forgetful' }));
  const isSealed = ({ part }: { readonly part: string }) => part.startsWith('outbox/');
  speaker.watch((_, { groups = [] }) => (groups.some(({ put }) => put.some(isSealed)) ? 'lost' : undefined));
  await world.during(speaker.agent.groups.say({ groupId, content: 'one' }));
  await world.passing(() => speaker.isDead || undefined);
  const { length } = appended();
  speaker.watch(never);
  await speaker.revive();
  await world.passing(() => appended().length > length || undefined);
  const take = () => {
    for (const message of appended()) sealed.appended(message);
  };
  expect(take).toThrow('A key and generation have sealed two messages.');
});

function historyOf(seed: number): KilledHistory {
  return new KilledHistory(world, mortals, new Chance(seed), `Trip ${groups++}`);
}

/** Counts the writes of everybody from here on, and ends processes as `killerOf` says. */
function watch(killerOf: (which: number) => Killer): void {
  for (const [which, mortal] of mortals.entries()) mortal.watch(killerOf(which));
}

/** Has something happen in a group, and then looks at every key that sealed a message of it. */
async function held(where: string, act: () => Promise<void>): Promise<void> {
  world.world.carried.length = 0;
  try {
    await act();
    for (const message of appended()) sealed.appended(message);
  } catch (cause) {
    throw new Error(`It does not hold: ${where}.`, { cause });
  }
}

/** Everything that anybody has sent to be appended, whether it was taken or not. */
function appended(): readonly Bytes[] {
  return world.world.carried.flatMap(({ url, request }) => {
    if (!/\/delivery\/groups\/[0-9a-f]{32}\/entries$/.test(url) || request === '') return [];
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
