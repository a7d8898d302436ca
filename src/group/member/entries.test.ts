import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hostileCommit, hostileMessage } from '../../mls/testing/hostile-member.ts';
import type { LogEntry } from '../log/entry.ts';
import { messageIdOf } from '../payload/testing/message-ids.ts';
import { GroupWorld, random } from '../testing/group-world.ts';
import { entryCodes } from './entry-codes.ts';
import { doubtSeconds, isLeftBehind, withoutDoubt } from './standing.ts';
import { lastOf, type Trio, trioOf } from './testing/trio.ts';

let world: GroupWorld;
let trio: Trio;

beforeAll(async () => {
  world = await GroupWorld.create();
});

beforeEach(async () => {
  trio = await trioOf(world);
});

describe('an entry of the log (groups page, section 4)', () => {
  it('is a message for the others and an own one for its sender', async () => {
    const { anna, all } = trio;
    await anna.say('hello');
    expect(await lastOf(...all)).toEqual(['own_message', 'message', 'message']);
    expect(anna.waiting).toBe(0);
  });

  it('is a commit that makes the next epoch, the first valid one after the last', async () => {
    const { bert, carl, all } = trio;
    const [first, second] = [await bert.prepare({}), await carl.prepare({})];
    await trio.log.place('bert', first.entry);
    await trio.log.place('carl', second.entry);
    expect(await lastOf(...all)).toEqual(Array(3).fill('skipped epoch_in_the_past'));
    expect(carl.pending).toBeUndefined();
    expect(all.map(({ member }) => member.state.context.epoch)).toEqual([2n, 2n, 2n]);
  });

  it('that is a skipped commit stops nobody: the next commit has it as `after`', async () => {
    const { bert, anna, log, all } = trio;
    await bert.commit({ remove: [bert.leafOf('carl')] });
    expect(await lastOf(...all)).toEqual(Array(3).fill('skipped remove_not_permitted'));
    expect(bert.pending).toBeUndefined();
    expect(await anna.commit({})).toBe(true);
    expect(log.lastCommit).toBe(2);
    expect(await lastOf(...all)).toEqual(Array(3).fill('next_epoch'));
  });

  it('that is skipped has used the generation of whoever was verified', async () => {
    const { bert, anna, carl, log } = trio;
    const refused = await bert.prepare({ remove: [bert.leafOf('carl')] });
    await log.place('bert', refused.entry);
    await log.place('bert', refused.entry);
    expect(await lastOf(anna, carl)).toEqual(Array(2).fill('skipped generation_consumed'));
    await bert.catchUp();
    await bert.commit({});
    expect(await lastOf(anna, carl, bert)).toEqual(Array(3).fill('next_epoch'));
  });

  it('is a message of the epoch at its place, or skipped; its sender encrypts it anew', async () => {
    const { bert, anna, carl, log } = trio;
    const messageId = messageIdOf(0xab);
    const own = await bert.encrypt({ type: 'GROUP_RECEIPT', messageId, sentAt: log.at, read: 0 });
    await anna.commit({});
    await log.place('bert', own.entry);
    expect(await lastOf(anna, carl)).toEqual(Array(2).fill('skipped epoch_in_the_past'));
    const last = (await bert.catchUp()).at(-1);
    expect(last).toMatchObject({ type: 'skipped', code: 'made_for_another_epoch', own: { messageId } });
    expect(bert.waiting).toBe(0);
  });

  it.each([
    ['a commit', 'commit'],
    ['a proposal', 'proposal'],
  ] as const)('whose message is not %s though its kind says so is skipped', async (_, kind) => {
    const { bert, anna, carl, log } = trio;
    const messageId = messageIdOf(0xab);
    const own = await bert.encrypt({ type: 'GROUP_RECEIPT', messageId, sentAt: log.at, read: 0 });
    await log.place('bert', { ...own.entry, kind });
    expect(entryCodes.kind_mismatch).toBe('4');
    expect(await lastOf(anna, carl, bert)).toEqual(Array(3).fill('skipped kind_mismatch'));
    // Nobody opened it, so nobody has used its generation.
    await log.place('bert', own.entry);
    expect(await lastOf(anna, carl, bert)).toEqual(['message', 'message', 'own_message']);
    expect(anna.member.lastCommit).toBe(kind === 'commit' ? 1 : 0);
  });

  it('that is no PrivateMessage is skipped, by its first bytes', async () => {
    const { anna, log, all } = trio;
    const { message } = await hostileMessage(
      anna.member.state,
      { type: 'proposal', proposal: { type: 'remove', removed: anna.member.state.ownLeaf } },
      { wireFormat: 'mls_public_message' },
    );
    for (const bytes of [message, random(50), new Uint8Array(0)]) {
      await log.place('anna', { kind: 'proposal', message: bytes });
      expect(await lastOf(...all)).toEqual(Array(3).fill('skipped not_a_private_message'));
    }
  });

  it('of another group is skipped', async () => {
    const other = await trioOf(world);
    await other.anna.say('elsewhere');
    const entry = other.log.entries.at(-1);
    if (entry === undefined || !('message' in entry.content)) throw new Error('The entry is gone.');
    await trio.log.place('anna', { kind: 'message', message: entry.content.message });
    expect(await lastOf(trio.bert)).toEqual(['skipped wrong_group']);
  });

  it('whose message the service has dropped is gone; a commit or proposal that is leaves this member stranded', async () => {
    const { bert, carl, anna, log } = trio;
    const messageHash = random(32);
    const gone = (kind: LogEntry['kind']): LogEntry => {
      return { index: bert.member.next, kind, sender: 'anna', content: { messageHash }, at: log.at };
    };
    expect((await bert.look(gone('message'))).type).toBe('gone');
    expect((await bert.look(gone('proposal'))).type).toBe('stranded');
    expect((await bert.look(gone('commit'))).type).toBe('stranded');
    // One's own is known by its hash all the same.
    await anna.say('hello');
    const entry = log.entries.at(-1);
    if (entry === undefined || !('message' in entry.content)) throw new Error('The entry is gone.');
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', entry.content.message));
    expect((await anna.read({ ...entry, content: { messageHash: hash } })).type).toBe('own_message');
    expect((await carl.read(entry)).type).toBe('message');
    expect(anna.member.head).toEqual(carl.member.head);
  });

  it('is refused when it is not the next one', async () => {
    const { bert, anna, log } = trio;
    await anna.say('one');
    await anna.say('two');
    const second = log.entries.at(-1);
    if (second === undefined) throw new Error('The log is empty.');
    await expect(bert.look(second)).rejects.toMatchObject({ code: 'malformed_message' });
  });

  it('that was altered anywhere is skipped, whatever its kind, and never fails otherwise', async () => {
    const { anna, bert, carl, log } = trio;
    await anna.say('hello');
    await anna.leave();
    const [said, left] = log.entries.slice(1);
    const commit = await bert.prepare({});
    const messages = [said, left].flatMap((entry) =>
      entry !== undefined && 'message' in entry.content ? [{ kind: entry.kind, message: entry.content.message }] : [],
    );
    const kinds = fc.constantFrom(...messages, { kind: 'commit', message: commit.entry.message } as const);
    const change = fc.record({ at: fc.nat({ max: 8_000 }), bit: fc.nat({ max: 7 }), cut: fc.boolean() });
    const property = fc.asyncProperty(kinds, change, async ({ kind, message }, { at, bit, cut }) => {
      const place = at % message.length;
      const altered = cut
        ? message.slice(0, place)
        : message.map((byte, index) => (index === place ? byte ^ (1 << bit) : byte));
      const entry: LogEntry = { index: 1, kind, sender: 'anna', content: { message: altered }, at: log.at };
      expect((await carl.look(entry)).type).toBe('skipped');
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('of a later epoch is skipped; those of two members say that this one is left behind', async () => {
    const { anna, bert, carl, log } = trio;
    // Carl reads a log from which the commit was taken away.
    await anna.commit({});
    const place = carl.member.next;
    await bert.catchUp();
    await bert.say('one');
    await bert.say('two');
    await anna.catchUp();
    await anna.say('three');
    const later = log.entries.slice(place + 1).map((entry) => ({ ...entry, index: entry.index - 1 }));
    const behind: boolean[] = [];
    for (const entry of later) {
      const outcome = await carl.read(entry);
      expect(outcome).toMatchObject({ type: 'skipped', code: 'epoch_in_the_future' });
      behind.push(isLeftBehind(carl.member));
      await carl.restart();
    }
    expect(behind).toEqual([false, false, true]);
  });
});

describe('a commit that the rules allow and whose secrets fail for one member (groups page, section 4)', () => {
  async function broken() {
    const { anna, log } = trio;
    const message = await hostileCommit(anna.member.state, {
      path: (path) => ({
        ...path,
        nodes: path.nodes.map((node, at) => ({
          ...node,
          encryptedPathSecret: node.encryptedPathSecret.map((sealed) =>
            at === 0 ? { ...sealed, ciphertext: sealed.ciphertext.map((byte) => byte ^ 1) } : sealed,
          ),
        })),
      }),
    });
    await log.place('anna', { kind: 'commit', message });
  }

  it('is skipped by that member, which is in doubt until it knows more', async () => {
    const { bert, carl } = trio;
    await broken();
    expect(await lastOf(bert, carl)).toEqual(['failed decryption_failed', 'next_epoch']);
    expect(bert.member.state.context.epoch).toBe(1n);
    expect(bert.member.doubt).toEqual({ index: 1, at: trio.log.entries[1]?.at });
    await bert.restart();
    expect(bert.member.doubt).toMatchObject({ index: 1 });
    expect(doubtSeconds).toBe(60);
    expect(withoutDoubt(bert.member)).toMatchObject({ member: { doubt: undefined }, changed: { position: true } });
    // What those send that applied it shows that this one is stranded.
    await carl.say('hello');
    expect(await lastOf(bert)).toEqual(['skipped epoch_in_the_future']);
  });

  it('is forgotten when the next commit of the epoch is valid: the others have skipped it as well', async () => {
    const { bert, carl } = trio;
    await broken();
    await bert.catchUp();
    const honest = await carl.prepare({});
    await trio.log.place('carl', honest.entry);
    expect(await lastOf(bert)).toEqual(['next_epoch']);
    expect(bert.member.doubt).toBeUndefined();
  });
});
