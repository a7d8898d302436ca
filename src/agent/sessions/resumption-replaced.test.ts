import { expect, test } from 'vitest';
import { names, Pair, type Who } from '../testing/pair.ts';

/** The sessions that an agent can resume with the other one, and its role in each. */
const resumable = async (pair: Pair, who: Who) =>
  (await pair.store(who).loadResumptions()).map(({ sessionId, role }) => `${role} ${sessionId}`).toSorted();

test('a full handshake replaces what its side could resume, and nothing of the other side’s', async () => {
  const pair = await Pair.connected();
  const first = pair.first.sessionId;
  expect(await resumable(pair, 'traveller')).toEqual([`client ${first}`]);
  await pair.agent('traveller').disconnect(first);
  for (const who of ['traveller', 'helper'] as const) expect(await resumable(pair, who)).toEqual([]);
  const { sessionId: own } = await pair.agent('traveller').connect(names.helper);
  // Helper has no record as a client, and begins a handshake with none to use: Traveller's stays.
  const kept = await resumable(pair, 'traveller');
  expect(kept).toEqual([`client ${own}`]);
  const store = pair.store('helper');
  for (const { resumptionId } of await store.loadResumptions()) await store.takeResumption(resumptionId);
  await pair.restart('helper');
  const { sessionId: theirs } = await pair.agent('helper').connect(names.traveller);
  expect(await resumable(pair, 'traveller')).toEqual([`client ${own}`, `server ${theirs}`].toSorted());
  expect(await resumable(pair, 'helper')).toEqual([`client ${theirs}`]);
});
