import { expect, it } from 'vitest';
import { cipherSuite } from '../crypto/suites.ts';
import { groupOf } from '../testing/group-of.ts';
import { utf8 } from '../testing/test-member.ts';
import { exportFromEpoch, usedGenerations } from './group-state.ts';
import { decodeState, encodeState } from './snapshot.ts';

const suite = await cipherSuite(1);

it('counts the keys that a member has used in an epoch, those of a dropped commit and stored ones included', async () => {
  const [first, second] = await groupOf(suite, 2);
  expect(usedGenerations(first.state)).toEqual({ handshake: 0, application: 0 });
  await first.say('one');
  await first.say('two');
  first.state = (await first.commit({ withPath: true })).current;
  const expected = { handshake: 1, application: 2 };
  expect(usedGenerations(first.state)).toEqual(expected);
  expect(usedGenerations(await decodeState(suite, encodeState(first.state), first.state.signatureKey))).toEqual(
    expected,
  );
  await first.receive((await second.commit({ withPath: true })).message);
  expect(usedGenerations(first.state)).toEqual({ handshake: 0, application: 0 });
});

it('exports as much as HKDF gives, and refuses to repeat itself beyond that', async () => {
  const [first] = await groupOf(suite, 2);
  const longest = 255 * suite.hashLength;
  expect(exportFromEpoch(first.state, 'test', utf8('context'), longest)).toHaveLength(longest);
  expect(() => exportFromEpoch(first.state, 'test', utf8('context'), longest + 1)).toThrow('export_too_long');
});
