import { expect, test } from 'vitest';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { createMemoryDeliveryStore } from '../storage/memory/delivery-store.ts';
import { DeliveryWorld, makeSigningKeys, newId, refusalOf, welcomeMessage } from './testing/delivery-world.ts';

const [alice, bob] = ['agent_alice', 'agent_bob'];
const keys = await makeSigningKeys();
const full = [507, 'mailbox_full'];
const mebibyte = 1_048_576;
const lists = { members: [alice, bob], admins: [alice] };
const welcome = { message: encodeBase64(welcomeMessage(mebibyte - 4)), to: [bob] };
const leave = (world: DeliveryWorld) => world.append(alice, newId(), { kind: 'commit', after: -1, ...lists, welcome });

test.each([1, 2])(
  'what a writer leaves in one inbox at once is bounded as one after the other, by %i servers over one store',
  async (servers) => {
    const store = createMemoryDeliveryStore();
    const worlds: DeliveryWorld[] = [];
    for (let i = 0; i < servers; i++) worlds.push(await DeliveryWorld.create(keys, store, [alice, bob]));
    const asked = Array.from({ length: 10 }, (_, i) => worlds[i % servers]).filter((world) => world !== undefined);
    const answers = await Promise.all(asked.map(leave));
    const refused = answers.filter(({ status }) => status !== 201);
    expect(await Promise.all(refused.map(refusalOf))).toEqual(Array.from({ length: 6 }, () => full));
    expect(await store.unreadIn(bob, alice)).toBe(4 * mebibyte);
    expect(await store.unreadWelcomes(alice)).toBe(4 * mebibyte);
    await worlds[0]?.as(bob, 'POST', '/inbox/read', { index: 3 });
    expect((await Promise.all(asked.slice(0, 4).map(leave))).map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  },
);
