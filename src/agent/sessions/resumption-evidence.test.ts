import { describe, expect, test } from 'vitest';
import { names, Pair } from '../testing/pair.ts';

const toHelper = { peerId: names.helper, method: 'echo', parameters: { words: 'Hello Helper!' } } as const;
const toTraveller = { peerId: names.traveller, method: 'echo', parameters: { words: 'Hello Traveller!' } } as const;

describe('in the audit trail', () => {
  test('no message stands before its session, however long it takes to keep what resumes it', async () => {
    const pair = await Pair.connected();
    await pair.restart('traveller');
    const asked = pair.agent('helper').send(toTraveller);
    await pair.resumed('traveller');
    await asked;
    await pair.agent('traveller').send(toHelper);
    for (const who of ['traveller', 'helper'] as const) {
      expect(await pair.agent(who).audit.verify()).not.toHaveProperty('brokenAt');
    }
  });

  test('what resumes a session is kept only once the session stands there', async () => {
    const order: string[] = [];
    const pair = await Pair.connected(({ commit, saveResumption, ...store }) => ({
      ...store,
      commit: (batch) => {
        const kinds = batch.audit.flatMap(({ text }) => /"kind":"(handshake|resumption)"/.exec(text)?.[1] ?? []);
        return commit(batch).then(() => void order.push(...kinds));
      },
      saveResumption: (...given) => {
        order.push('kept');
        return saveResumption(...given);
      },
    }));
    await pair.restart('traveller');
    await pair.resumed('traveller');
    expect(order).toEqual(['handshake', 'kept', 'resumption', 'kept']);
  });
});
