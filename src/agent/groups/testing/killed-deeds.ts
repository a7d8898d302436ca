import type { Chance } from '../../../mls/testing/chance.ts';
import { type Bytes, toHex } from '../../../protocol/bytes.ts';
import { conversationOf, type GroupView } from '../../contracts/group-views.ts';
import type { ExchangeView } from '../../contracts/views.ts';
import type { GroupWorld } from './group-world.ts';
import type { Mortal } from './mortal.ts';

/** What somebody wants to come about, tried again when a process has ended on the way. */
export interface Wish {
  readonly what: string;
  readonly isDone: () => boolean;
  readonly act: () => Promise<unknown>;
  /** Milliseconds of the world's clock after which it is tried again, where it is less than usual. */
  readonly patienceMs?: number;
}

/** A group whose agents' processes end, as deeds see it. */
export interface Stage {
  readonly world: GroupWorld;
  readonly chance: Chance;
  readonly groupId: string;
  readonly members: readonly Mortal[];
  /** Says that this text is to be with every member once. */
  expects(by: Mortal, text: string): void;
  view(mortal: Mortal): GroupView | undefined;
  achieve(wish: Wish): Promise<void>;
}

const dayMs = 86_400_000;

/** Returns what was said: beside a file it is a member of the content. */
export function textOf(parameters: unknown): unknown {
  const isFile = typeof parameters === 'object' && parameters !== null && 'text' in parameters;
  return isFile ? parameters.text : parameters;
}

/** Returns how a member has something that was said; undefined for one that is not open. */
export function exchangeWith(mortal: Mortal, peerId: string, text: string): ExchangeView | undefined {
  if (mortal.isDead || mortal.resident === undefined) return undefined;
  const { exchanges } = mortal.agent.snapshot();
  return exchanges.findLast((one) => one.peerId === peerId && textOf(one.parameters) === text);
}

/** Everybody is asked, and every answer is with everybody. */
export async function ask(stage: Stage, text: string): Promise<void> {
  const by = stage.chance.pick(stage.members);
  const { groupId, members } = stage;
  const peerId = conversationOf(groupId);
  stage.expects(by, text);
  const others = members.filter((one) => one !== by).map(({ agentId }) => agentId);
  const answersOf = (one: Mortal) => exchangeWith(one, peerId, text)?.group?.answers ?? [];
  await stage.achieve({
    what: `everybody has every answer to ${text}`,
    isDone: () => members.every((one) => answersOf(one).length >= others.length),
    act: async () => {
      if (exchangeWith(by, peerId, text) === undefined) {
        await by.agent.groups.ask({ groupId, method: 'echo', parameters: text, expires: 20 * dayMs });
      }
    },
  });
  const all = members.map((one) => answersOf(one).map(({ from, status, result = null }) => [from, status, result]));
  const sorted = all.map((answers) => JSON.stringify(answers.toSorted()));
  if (new Set(sorted).size > 1) throw new Error(`Members have other answers: ${sorted.join(' and ')}`);
  const from = answersOf(by).map((answer) => answer.from);
  if (from.toSorted().join() !== others.toSorted().join()) throw new Error(`${from.join()} have answered.`);
}

/** A file reaches everybody whole. */
export async function sendFile(stage: Stage, text: string): Promise<void> {
  const by = stage.chance.pick(stage.members);
  const { groupId, members } = stage;
  const peerId = conversationOf(groupId);
  const bytes = stage.chance.bytes(1 + stage.chance.below(3_000));
  stage.expects(by, text);
  await stage.achieve({
    what: `everybody has the file ${text}`,
    isDone: () => members.every((one) => exchangeWith(one, peerId, text) !== undefined),
    act: async () => {
      if (exchangeWith(by, peerId, text) !== undefined) return;
      await by.agent.groups.say({ groupId, content: text, attachment: { bytes, name: 'map.png' } });
    },
  });
  const files = await Promise.all(members.map((one) => fileOf(one, groupId, text)));
  if (files.some((file) => toHex(file) !== toHex(bytes))) throw new Error(`The file ${text} is another for somebody.`);
}

async function fileOf(one: Mortal, groupId: string, text: string): Promise<Bytes> {
  const { messageId } = exchangeWith(one, conversationOf(groupId), text)?.group ?? {};
  if (messageId === undefined) throw new Error(`${one.name} has no ${text}.`);
  return one.agent.groups.attachment(groupId, messageId);
}

/** After a day with traffic a member renews its keys by itself. */
export async function heal(stage: Stage): Promise<void> {
  const { world, members } = stage;
  const epochOf = (one: Mortal) => stage.view(one)?.epoch ?? 0;
  const before = Math.max(...members.map(epochOf));
  world.world.clock.sleep(dayMs + 3_600_000);
  await stage.achieve({
    what: 'a member renews its keys',
    isDone: () => members.every((one) => epochOf(one) > before),
    // At a random moment within 10 minutes.
    act: async () => world.world.clock.sleep(60_000),
    patienceMs: 2_000,
  });
}

/** A member whose state is gone from its storage is taken in again. */
export async function loseState(stage: Stage): Promise<void> {
  const { groupId, members } = stage;
  const loser = members.at(-1);
  if (loser === undefined || members.length < 2) return;
  await loser.sleep();
  const drop = [{ group: groupId, part: stage.chance.pick(['epoch', 'secrets', 'position']) }];
  await loser.store.commit({ exchanges: [], audit: [], groups: [{ put: [], drop }] });
  await loser.live();
  const epochs = () => new Set(members.map((one) => stage.view(one)?.epoch));
  await stage.achieve({
    what: `${loser.name} comes back`,
    isDone: () => members.every((one) => stage.view(one)?.status === 'member') && epochs().size === 1,
    act: async () => undefined,
  });
}

/**
 * What is left for an agent that is closed is answered once when it is back. `turn`: who leaves it for whom changes with it, so that of any
 * three turns each of three members is in each role once.
 */
export async function leaveMessage(stage: Stage, text: string, turn: number): Promise<void> {
  const { length } = stage.members;
  const [by, peer] = [stage.members[turn % length], stage.members[(turn + 1) % length]];
  if (by === undefined || peer === undefined) return;
  await peer.sleep();
  const left = () => exchangeWith(by, peer.agentId, text);
  await stage.achieve({
    what: `${text} is left for ${peer.name}`,
    isDone: () => left()?.group?.delivery === 'stored',
    act: async () => {
      // Asked once: what is stored is left, however often its sender ends.
      if (left() === undefined)
        await by.agent.send({ peerId: peer.agentId, method: 'echo', parameters: text, whenAway: 'store' });
    },
  });
  await peer.live();
  await stage.achieve({
    what: `${peer.name} answers ${text}`,
    isDone: () => left()?.status !== 'pending',
    act: async () => {
      const invited = peer.agent.groups.invitations().filter(({ kind }) => kind === 'direct');
      for (const { groupId } of invited) await peer.agent.groups.accept(groupId);
    },
  });
  const came = peer.agent.snapshot().exchanges.filter((one) => one.peerId === by.agentId && one.parameters === text);
  // A handler that was at it as its process ended may have run, and does not run again: it is answered so.
  const isCut = peer.deaths > 0 && left()?.error?.code === 'handler_failed';
  if (came.length !== 1 || (left()?.status !== 'success' && !isCut)) {
    throw new Error(`${text} has come ${came.length} times: ${JSON.stringify(left())}`);
  }
  // The next one is then left in a new group.
  if (stage.chance.percent(50)) await endDirect(stage, by, peer);
}

async function endDirect(stage: Stage, by: Mortal, peer: Mortal): Promise<void> {
  const live = () => by.agent.groups.list().filter((one) => one.peerId === peer.agentId && one.status === 'member');
  await stage.achieve({
    what: `${by.name} ends its conversation with ${peer.name}`,
    isDone: () => !by.isDead && live().length === 0,
    act: async () => {
      for (const { groupId } of live()) await by.agent.groups.leave(groupId);
    },
  });
}
