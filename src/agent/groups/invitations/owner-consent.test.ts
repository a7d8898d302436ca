import { beforeAll, expect, test } from 'vitest';
import { toHex } from '../../../protocol/bytes.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';
import { OwnerConsent } from './owner-consent.ts';

let world: GroupWorld;
let traveller: Resident;
let stranger: Resident;
let helper: Resident;

beforeAll(async () => {
  world = await GroupWorld.create();
  traveller = await world.open('traveller');
  stranger = await world.open('stranger');
  helper = await world.open('helper');
  await world.ready(traveller, stranger, helper);
  const hello = { peerId: helper.agentId, method: 'echo', parameters: 'hello' };
  const { sessionId } = await world.during(traveller.agent.send(hello));
  await world.during(traveller.agent.disconnect(sessionId));
}, 120_000);

test('what an agent that was answered before has left is run by itself; what an unknown one has left waits for the owner', async () => {
  await world.close(helper);
  await leave(traveller, 'known');
  await leave(stranger, 'unknown');
  helper = await world.open('helper');
  await world.passing(() =>
    asked(traveller).find(({ parameters, status }) => parameters === 'known' && status === 'success'),
  );
  const [invitation] = await world.passing(() => {
    const found = helper.agent.groups.invitations();
    return found.length > 0 ? found : undefined;
  });
  expect(invitation).toMatchObject({ kind: 'direct', inviter: stranger.agentId, inviterVerification: 'unverified' });
  expect(asked(stranger)).toEqual([]);
  expect(helper.agent.groups.list()).toMatchObject([{ kind: 'direct', peerId: traveller.agentId, status: 'member' }]);
  await world.during(helper.agent.groups.accept(invitation?.groupId ?? ''));
  await world.passing(() => asked(stranger).find(({ status }) => status === 'success'));
});

test('a group of a known agent is joined by itself once the owner says so, also after a restart', async () => {
  const first = await world.during(traveller.agent.groups.create({ name: 'Trip', invite: [helper.agentId] }));
  await world.passing(() => helper.agent.groups.invitations().find(({ groupId }) => groupId === first.groupId));
  expect(helper.agent.snapshot().groupSettings).toEqual({ joinsByItself: { direct: true, group: false } });
  const settings = { joinsByItself: { direct: false, group: true } };
  await helper.agent.groups.setSettings(settings);
  expect(helper.events.at(-1)).toEqual({ type: 'group_settings', settings });
  await world.close(helper);
  helper = await world.open('helper');
  expect(helper.agent.snapshot().groupSettings).toEqual(settings);
  const second = await world.during(traveller.agent.groups.create({ name: 'Rome', invite: [helper.agentId] }));
  await world.passing(() => helper.agent.groups.list().find(({ groupId }) => groupId === second.groupId));
  expect(helper.agent.groups.invitations().map(({ groupId }) => groupId)).toEqual([first.groupId]);
});

test('what is neither true nor false for each kind is refused, and changes nothing', async () => {
  const before = helper.agent.groups.settings();
  const wrong = [{}, { joinsByItself: { direct: 1, group: false } }, { joinsByItself: { direct: true } }];
  for (const settings of wrong) {
    // As a page or a program in JavaScript may give it.
    const given = JSON.parse(JSON.stringify(settings));
    await expect(helper.agent.groups.setSettings(given)).rejects.toMatchObject({ code: 'invalid_input' });
  }
  expect(helper.agent.groups.settings()).toEqual(before);
});

test('whoever was verified is known without a word said, and not with another key than the verified one', async () => {
  const knows = (verification: 'verified' | 'changed' | 'unverified', isAnswered: boolean) =>
    new OwnerConsent({
      subtle: crypto.subtle,
      rows: { read: async () => undefined, write: async () => undefined },
      verified: { view: (peerId) => ({ peerId, verification }) },
      history: {
        page: async (peerId) => ({
          exchanges: (isAnswered ? (['success', 'error'] as const) : (['error', 'pending'] as const)).map((status) => ({
            ...{ requestId: status, sessionId: '', peerId, direction: 'incoming', method: 'echo', parameters: 1 },
            ...{ at: 0, status },
          })),
        }),
      },
      emit: () => undefined,
      isBlocked: () => false,
    }).isKnown('peer_agent_001', new Uint8Array(1));
  expect(await knows('verified', false)).toBe(true);
  expect(await knows('changed', true)).toBe(false);
  expect(await knows('unverified', true)).toBe(true);
  expect(await knows('unverified', false)).toBe(false);
});

test('whoever bears the name of one that was answered, with another key than it had, is not known', async () => {
  const spki = new Uint8Array(1);
  const own = toHex(await sha256(crypto.subtle, spki)).slice(0, 24);
  const knows = (peerKeys: readonly (string | undefined)[]) =>
    new OwnerConsent({
      subtle: crypto.subtle,
      rows: { read: async () => undefined, write: async () => undefined },
      verified: { view: (peerId) => ({ peerId, verification: 'unverified' }) },
      history: {
        page: async (peerId) => ({
          exchanges: peerKeys.map((peerKey, number) => ({
            ...{ requestId: `${number}`, sessionId: '', peerId, direction: 'incoming', method: 'echo', parameters: 1 },
            ...{ at: 0, status: 'success', sequence: number + 1 },
            ...(peerKey === undefined ? {} : { peerKey }),
          })),
        }),
      },
      emit: () => undefined,
      isBlocked: () => false,
    }).isKnown('peer_agent_001', spki);
  expect(await knows([own, undefined])).toBe(true);
  expect(await knows(['0'.repeat(24), own])).toBe(true);
  expect(await knows(['0'.repeat(24), undefined])).toBe(false);
  expect(await knows([own, '0'.repeat(24)])).toBe(false);
});

async function leave({ agent }: Resident, parameters: string): Promise<void> {
  await world.during(agent.send({ peerId: helper.agentId, method: 'echo', parameters, whenAway: 'store' }));
}

/** What was asked of Helper by another agent. */
function asked({ agentId }: Resident) {
  return helper.agent.snapshot().exchanges.filter(({ peerId, group }) => peerId === agentId && group !== undefined);
}
