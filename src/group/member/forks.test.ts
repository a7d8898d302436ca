import { beforeAll, describe, expect, it } from 'vitest';
import { createApplicationMessage } from '../../mls/group/send-message.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { encodePayload } from '../payload/encode.ts';
import type { Seen } from '../payload/payload.ts';
import { messageIdOf } from '../payload/testing/message-ids.ts';
import { loadAuthenticator, loadHead } from '../storage/load.ts';
import { GroupWorld, random } from '../testing/group-world.ts';
import { groupAuthenticator } from './authenticator.ts';
import type { Seat } from './testing/seat.ts';
import { lastOf, type Trio, trioOf } from './testing/trio.ts';

let world: GroupWorld;
let trio: Trio;

beforeAll(async () => {
  world = await GroupWorld.create();
  trio = await trioOf(world);
});

/** A message whose sender says that it has seen this. */
async function saying(author: Seat, seen: Seen): Promise<Bytes> {
  const messageId = messageIdOf(0xcd);
  const plaintext = encodePayload({ type: 'GROUP_RECEIPT', messageId, sentAt: trio.log.at, seen, read: 0 });
  return (await createApplicationMessage(author.member.state, plaintext, { random })).message;
}

async function verdict(reader: Seat, author: Seat, seen: Seen): Promise<string> {
  const message = await saying(author, seen);
  const { next: index } = reader.member;
  const agentId = author.agent.agentId;
  const outcome = await reader.look({ index, kind: 'message', sender: agentId, content: { message }, at: trio.log.at });
  return outcome.type === 'message' ? outcome.seen : 'code' in outcome ? outcome.code : outcome.type;
}

describe('what a sender has seen (groups page, section 5, Forks)', () => {
  it('is compared with the head after that index', async () => {
    const { anna, bert, carl, log } = trio;
    await anna.say('one');
    await bert.catchUp();
    await bert.say('two');
    await lastOf(...trio.all);
    const [first, last] = [log.heads[1] ?? random(32), log.heads[2] ?? random(32)];
    expect(await verdict(carl, anna, { index: 1, head: first })).toBe('agrees');
    expect(await verdict(carl, anna, { index: 2, head: last })).toBe('agrees');
    expect(await verdict(carl, anna, { index: 2, head: first })).toBe('differs');
    expect(await verdict(carl, anna, { index: 1, head: random(32) })).toBe('differs');
  });

  it('is below its own entry’s index, or the message is malformed', async () => {
    const { anna, carl, log } = trio;
    const { next } = carl.member;
    const head = log.heads[next - 1] ?? random(32);
    expect(await verdict(carl, anna, { index: next - 1, head })).toBe('agrees');
    expect(await verdict(carl, anna, { index: next, head })).toBe('malformed_message');
    expect(await verdict(carl, anna, { index: next + 1, head })).toBe('malformed_message');
  });

  it('is not compared when it is from before one’s own first index, or no longer kept', async () => {
    const { anna, bert, log } = trio;
    const dora = await trio.seat('dora');
    await anna.commit({ add: [await dora.keyPackage()] });
    await dora.join();
    await lastOf(...trio.all);
    const { firstIndex } = dora.member;
    expect(firstIndex).toBe(3);
    expect(await verdict(dora, bert, { index: firstIndex - 1, head: random(32) })).toBe('not_compared');
    expect(await verdict(dora, bert, { index: firstIndex, head: random(32) })).toBe('differs');
    expect(await verdict(dora, bert, { index: firstIndex, head: log.heads[firstIndex] ?? random(32) })).toBe('agrees');
    for (const part of dora.rows.rows.keys()) if (part.startsWith('head/')) dora.rows.rows.delete(part);
    expect(await verdict(dora, bert, { index: firstIndex, head: random(32) })).toBe('not_compared');
  });

  it('of an older member confirms the head that a joiner took as given; that of a younger one does not', async () => {
    const { anna } = trio;
    const [emil, frida] = [await trio.seat('emil'), await trio.seat('frida')];
    await anna.commit({ add: [await emil.keyPackage()] });
    await emil.join();
    await anna.catchUp();
    await anna.commit({ add: [await frida.keyPackage()] });
    await frida.join();
    await lastOf(anna, emil);
    await frida.say('I am new');
    await lastOf(emil);
    expect(emil.member.isHeadConfirmed).toBe(false);
    await anna.catchUp();
    await anna.say('I am not');
    await lastOf(emil, frida);
    expect(emil.member.isHeadConfirmed).toBe(true);
    await emil.restart();
    expect(emil.member.isHeadConfirmed).toBe(true);
    expect(anna.member.isHeadConfirmed).toBe(true);
  });
});

describe('what members compare (groups page, section 5, Forks)', () => {
  it('is a head for each index, 40 bytes each, and an authenticator for each epoch', async () => {
    const { bert, log } = trio;
    await bert.catchUp();
    for (let index = 0; index < log.entries.length; index++) {
      expect(await loadHead(bert.rows, index), `${index}`).toEqual(log.heads[index]);
    }
    const heads = [...bert.rows.rows].filter(([part]) => part.startsWith('head/'));
    expect(heads.map(([, bytes]) => bytes.length)).toEqual(heads.map(() => 40));
    const newest = await loadAuthenticator(bert.rows, log.entries.length - 1);
    expect(newest?.epoch).toBe(Number(bert.member.state.context.epoch));
    expect(newest?.authenticator).toEqual(await groupAuthenticator(crypto.subtle, bert.member.state));
    expect((await loadAuthenticator(bert.rows, 1))?.epoch).toBe(1);
    expect(await loadAuthenticator(bert.rows, -1)).toBeUndefined();
  });

  it('is the same for those of one epoch', async () => {
    const { anna, bert } = trio;
    await lastOf(anna, bert);
    const [one, two] = await Promise.all(
      [anna, bert].map(({ member }) => groupAuthenticator(crypto.subtle, member.state)),
    );
    expect(one).toEqual(two);
  });
});

describe('who was heard (groups page, section 2)', () => {
  it('is whoever sent something that was verified', async () => {
    const other = await trioOf(world);
    const heard = () => [...other.carl.member.acquaintances].flatMap(([name, { isHeard }]) => (isHeard ? [name] : []));
    expect(heard()).toEqual(['carl']);
    await other.anna.say('hello');
    await other.carl.catchUp();
    expect(heard()).toEqual(['anna', 'carl']);
    await other.bert.catchUp();
    await other.bert.commit({});
    await other.carl.catchUp();
    await other.carl.restart();
    expect(heard()).toEqual(['anna', 'bert', 'carl']);
  });
});
