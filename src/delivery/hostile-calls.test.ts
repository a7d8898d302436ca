import { expect, inject, test } from 'vitest';
import { Chance } from '../mls/testing/chance.ts';
import { mutatedBytes } from '../mls/testing/mutated-bytes.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { createMemoryDeliveryStore } from '../storage/memory/delivery-store.ts';
import { DeliveryWorld, makeSigningKeys, newId, privateMessage, welcomeMessage } from './testing/delivery-world.ts';

const runs = inject('exhaustive') ? 10_000 : 100;
const chance = new Chance(16);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

test('a call that is changed on its way is refused or another call, and never breaks the service', {
  timeout: runs > 100 ? 3_600_000 : 120_000,
}, async () => {
  const world = await DeliveryWorld.create(await makeSigningKeys(), createMemoryDeliveryStore(), ['anna', 'bert'], {
    commitsAnHour: 1_000_000,
  });
  const groupId = await world.group(['anna', 'bert'], { welcome: undefined });
  const commit = {
    entry_id: newId(),
    kind: 'commit',
    after: 0,
    message: encodeBase64(privateMessage(groupId, 'commit')),
    members: ['anna', 'bert'],
    admins: ['anna'],
    welcome: { message: encodeBase64(welcomeMessage()), to: ['bert'] },
  };
  const calls = [
    ['POST', '/token', await world.statement('anna')],
    ['PUT', '/key-packages', { one_time: [encodeBase64(welcomeMessage())], last_resort: 'AQID', replace: true }],
    ['POST', '/key-packages/bert/take', {}],
    ['POST', `/groups/${groupId}/entries`, commit],
    ['POST', `/groups/${groupId}/read`, { index: 0 }],
    ['POST', '/inbox/read', { index: 0 }],
  ] as const;
  const statuses = new Map<number, number>();
  for (const [method, path, body] of calls) {
    for (let run = 0; run < runs; run++) {
      const mutated = decoder.decode(mutatedBytes(encoder.encode(JSON.stringify(body)), chance));
      const answer = await world.as('anna', method, path, mutated);
      expect(answer.status, `${method} ${path} ${mutated}`).toBeLessThan(500);
      await answer.text();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    }
  }
  for (const path of [`/groups/${groupId}/entries?from=0`, '/inbox?from=0', '/events']) {
    for (let run = 0; run < runs; run++) {
      const mutated = encodeURI(decoder.decode(mutatedBytes(encoder.encode(path), chance)).toWellFormed());
      const answer = await world.as('anna', 'GET', `/${mutated}`);
      expect(answer.status, mutated).toBeLessThan(500);
      await over(answer);
    }
  }
  expect(statuses.get(400) ?? 0).toBeGreaterThan(runs);
});

/** Reads an answer to its end; one of notices, which has none, is ended. */
async function over(answer: Response): Promise<void> {
  if (answer.headers.get('content-type')?.startsWith('text/event-stream') === true) await answer.body?.cancel();
  else await answer.text();
}

test('a body with more names and values than any call has is refused at the first of them', async () => {
  const world = await DeliveryWorld.create(await makeSigningKeys(), createMemoryDeliveryStore(), ['anna']);
  const names = (count: number) => `{${Array.from({ length: count }, (_, at) => `"${at}":0`).join()}}`;
  const calls = [
    ['PUT', '/key-packages'],
    ['POST', `/groups/${newId()}/entries`],
  ] as const;
  for (const [method, path] of calls) {
    const few = await world.as('anna', method, path, names(1_000));
    expect([few.status, (await few.json()).detail]).not.toContain('more than 4096 names and values');
    const many = await world.as('anna', method, path, names(100_000));
    expect([many.status, (await many.json()).detail]).toEqual([
      400,
      'The JSON is refused: more than 4096 names and values.',
    ]);
  }
});
