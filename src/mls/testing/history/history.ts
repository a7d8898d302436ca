import { cipherSuite } from '../../crypto/suites.ts';
import { createGroup } from '../../group/create-group.ts';
import { Chance } from '../chance.ts';
import { identityOf, utf8 } from '../test-member.ts';
import { commitSomething, leaveByProposal } from './changes.ts';
import { withoutRepetition } from './nonce-record.ts';
import { type HistorySummary, World } from './world.ts';

/** The suite of the product. */
const suiteId = 0xf64a;
/** Every tenth history is one of a big group. */
const bigEvery = 10;
const mostMembers = { small: 16, big: 64 };

/**
 * Plays a history that a seed decides, and checks after each epoch what has to hold: one authenticator for all members, none of them
 * within reach of who was removed, every join works, no key and nonce twice. Throws at the first thing that does not hold.
 */
export async function playHistory(seed: number): Promise<HistorySummary> {
  try {
    return await play(seed);
  } catch (cause) {
    throw new Error(`The history of seed ${seed} went wrong: ${cause instanceof Error ? cause.message : ''}`, {
      cause,
    });
  }
}

async function play(seed: number): Promise<HistorySummary> {
  const chance = new Chance(seed);
  const isBig = seed % bigEvery === 0;
  const world = new World(chance, isBig ? mostMembers.big : mostMembers.small);
  const suite = withoutRepetition(await cipherSuite(suiteId));
  const name = world.newName();
  const identity = await identityOf(suite, name);
  const founded = { groupId: utf8(`history ${seed}`), identity, extensions: [], random: chance.bytes };
  world.enroll(name, await createGroup(suite, founded));
  await commitSomething(world, isBig ? 16 + chance.below(chance.below(mostMembers.big - 16) + 1) : 1 + chance.below(9));
  const epochs = isBig ? 3 + chance.below(3) : 4 + chance.below(6);
  for (let epoch = 0; epoch < epochs; epoch++) {
    await talk(world);
    if (world.members.size > 2 && chance.percent(25)) await leaveByProposal(world);
    await commitSomething(world);
    for (const reader of world.readers) if (chance.percent(70)) await world.catchUp(reader);
  }
  await world.settle();
  return world.summary;
}

/** Some members say something, each after having read everything. */
async function talk(world: World): Promise<void> {
  const { chance } = world;
  for (const author of chance.shuffled([...world.members]).slice(0, 1 + chance.below(3))) {
    await world.catchUp(author);
    await world.speak(author);
    if (chance.percent(30)) await world.speak(author);
  }
}
