import { wipe } from '../../bytes.ts';
import { type CommitIntent, type CreatedCommit, createCommit } from '../../group/create-commit.ts';
import { joinGroup } from '../../group/join-group.ts';
import { createKeyPackage, type KeyPackageSecrets } from '../../group/own-key-package.ts';
import { createProposal } from '../../group/send-message.ts';
import type { KeyPackage } from '../../structures/key-package.ts';
import { decodeMlsMessage } from '../../structures/mls-message.ts';
import type { Proposal } from '../../structures/proposal.ts';
import { identityOf, utf8 } from '../test-member.ts';
import type { Participant } from './participant.ts';
import type { World } from './world.ts';

/** Lets a member propose its own removal. */
export async function leaveByProposal(world: World): Promise<void> {
  const { chance, leaving } = world;
  const staying = [...world.members].filter((member) => !leaving.has(member));
  if (staying.length < 2) return;
  const leaver = chance.pick(staying);
  await world.catchUp(leaver);
  const proposal = { type: 'remove', removed: leaver.leaf } as const;
  const sent = await createProposal(leaver.state, proposal, { random: chance.bytes });
  leaver.enter(sent.state);
  wipe(sent.consumed);
  world.log.push({ kind: 'proposal', author: leaver, message: sent.message });
  leaving.add(leaver);
}

/** One who would join by a commit. */
interface Invited {
  readonly name: string;
  readonly keyPackage: KeyPackage;
  readonly secrets: KeyPackageSecrets;
}

/** A commit that has not got its place in the log. */
interface Attempt {
  readonly author: Participant;
  readonly created: CreatedCommit;
  readonly invited: readonly Invited[];
}

/** Lets one or several members commit from one epoch; one of the commits gets into the log, the others are dropped. */
export async function commitSomething(world: World, joinersOfFirst?: number): Promise<void> {
  const { chance, leaving, log } = world;
  const committers = [...world.members].filter((member) => !leaving.has(member));
  const rivals = joinersOfFirst !== undefined || !chance.percent(30) ? 1 : 2 + chance.below(2);
  const attempts: Attempt[] = [];
  for (const author of chance.shuffled(committers).slice(0, rivals)) {
    await world.catchUp(author);
    attempts.push(await attempt(world, author, joinersOfFirst));
    // One that was refused for another reason than a rival: made again, from the state that was left.
    if (chance.percent(10)) attempts.push(await attempt(world, author, joinersOfFirst));
    if (chance.percent(15)) await world.speak(author);
  }
  const winner = chance.pick(attempts);
  await win(world, winner);
  const dropped = attempts.filter((other) => other !== winner);
  for (const { author, created } of dropped) {
    if (author === winner.author || !world.members.has(author) || !chance.percent(50)) continue;
    const reader = [...world.members].find(({ position }) => position === log.length);
    await reader?.refuse({ kind: 'commit', author, message: created.message }, 'epoch_in_the_past');
  }
}

async function attempt(world: World, author: Participant, joinersOfFirst?: number): Promise<Attempt> {
  const { intent, invited } = await intentOf(world, author, joinersOfFirst);
  const created = await createCommit(author.state, intent);
  author.enter(created.current);
  wipe(created.consumed);
  return { author, created, invited };
}

async function win(world: World, { author, created, invited }: Attempt): Promise<void> {
  world.log.push({ kind: 'commit', author, message: created.message, created });
  const removed = new Set(
    created.proposals.flatMap(({ proposal }) => (proposal.type === 'remove' ? [proposal.removed] : [])),
  );
  for (const member of [...world.members]) if (removed.has(member.leaf)) world.condemn(member);
  world.beginEpoch(created.next.context.epoch);
  for (const { name, keyPackage, secrets } of invited) {
    const message = decodeMlsMessage(created.welcome ?? new Uint8Array(0));
    if (message.wireFormat !== 'mls_welcome') throw new Error('The Welcome is none.');
    const { suite } = created.next;
    const joined = await joinGroup(suite, { welcome: message.welcome, keyPackage, secrets });
    if (joined.signer !== author.leaf) throw new Error('The Welcome is signed by somebody else.');
    world.enroll(name, joined.state);
    wipe([...joined.consumed, secrets.initSecret, secrets.leafSecret]);
  }
  await world.catchUp(author);
}

async function intentOf(
  world: World,
  author: Participant,
  joinersOfFirst?: number,
): Promise<{ readonly intent: CommitIntent; readonly invited: readonly Invited[] }> {
  const { chance } = world;
  const proposals: Proposal[] = [];
  const invited: Invited[] = [];
  const invite = async (name: string): Promise<void> => {
    const { suite } = author.state;
    const one = await createKeyPackage(suite, await identityOf(suite, name), chance.bytes);
    proposals.push({ type: 'add', keyPackage: one.keyPackage });
    invited.push({ name, ...one });
  };
  const others = [...world.members].filter((member) => member !== author && !world.leaving.has(member));
  const victims = joinersOfFirst !== undefined ? [] : [...chance.shuffled(others)];
  const remove = (victim: Participant): void => {
    proposals.push({ type: 'remove', removed: victim.leaf });
  };
  if (chance.percent(35)) for (const victim of victims.splice(0, 1 + chance.below(3))) remove(victim);
  if (chance.percent(20)) {
    // A replacement: somebody lost their state and is let in again as the same identity.
    for (const victim of victims.splice(0, 1)) {
      remove(victim);
      await invite(victim.name);
    }
  }
  if (joinersOfFirst !== undefined || chance.percent(50)) {
    const room = world.limit - world.members.size;
    const wanted = joinersOfFirst ?? 1 + chance.below(world.limit > 16 ? 8 : 4);
    const returning = chance.shuffled([...world.absent]);
    for (let at = 0; at < Math.min(room, wanted); at++) {
      const back = chance.percent(50) ? returning[at] : undefined;
      await invite(back ?? world.newName());
    }
  }
  if (chance.percent(15)) {
    proposals.push({
      type: 'group_context_extensions',
      extensions: [{ type: 0xf002, data: chance.bytes(chance.below(40)) }],
    });
  }
  const newIdentity = chance.percent(10)
    ? {
        signature: await author.state.suite.signature.generateKeyPair(),
        credential: { type: 'basic', identity: utf8(author.name) } as const,
      }
    : undefined;
  const references = chance.percent(15) ? { references: [] } : {};
  return {
    intent: {
      proposals: chance.shuffled(proposals),
      ...references,
      ...(newIdentity === undefined ? {} : { newIdentity }),
      withPath: chance.percent(50),
      padding: chance.below(100),
      random: chance.bytes,
    },
    invited,
  };
}
