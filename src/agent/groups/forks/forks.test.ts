import * as v from 'valibot';
import { beforeAll, expect, test } from 'vitest';
import { nextHead } from '../../../group/log/head.ts';
import { entriesAnswer } from '../../../group/wire/delivery-answers.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import type { Network } from '../../contracts/ports.ts';
import { toLogEntry } from '../service/log-entry.ts';
import { GroupWorld, type Resident } from '../testing/group-world.ts';

let world: GroupWorld;
let traveller: Resident;
let helper: Resident;

/** From this index on one half is shown another log; undefined while all read the same. */
let forkAt: number | undefined;
/** The heads of that log, by the index that follows. */
const heads = new Map<number, Bytes>();

beforeAll(async () => {
  world = await GroupWorld.create();
  traveller = await world.open('traveller');
  helper = await world.open('helper', { transport: { kind: 'network', network: otherHalf() } });
  await world.ready(traveller, helper);
}, 120_000);

/** A network whose delivery service says of one entry that it came a second later, and goes on from there: another history, whole in itself. */
function otherHalf(): Network {
  return {
    send: async (request, deadlineMs) => {
      const isRead = request.method === 'GET' && new URL(request.url).pathname.endsWith('/entries');
      const response = await world.world.network.send(request, deadlineMs);
      if (!isRead || !response.ok || forkAt === undefined) return response;
      const raw = await response.json();
      const page = v.parse(entriesAnswer, raw);
      let head = heads.get(page.entries[0]?.index ?? page.next) ?? page.before;
      const before = head;
      const entries = [];
      for (const [i, entry] of page.entries.entries()) {
        const at = entry.at + (entry.index === forkAt ? 1 : 0);
        head = await nextHead(crypto.subtle, head, toLogEntry({ ...entry, at }));
        heads.set(entry.index + 1, head);
        entries.push({ ...raw.entries[i], at });
      }
      return Response.json({ ...raw, entries, before: encodeBase64(before), head: encodeBase64(head) });
    },
  };
}

test('two halves of a group that read different logs find out, ask their owners, and go on when those decide', async () => {
  const groups = traveller.agent.groups;
  const { groupId } = await world.during(groups.create({ name: 'Trip', invite: [helper.agentId] }));
  await world.passing(() => helper.agent.groups.invitations()[0]);
  await world.during(helper.agent.groups.accept(groupId));
  await world.during(groups.say({ groupId, content: 'one' }));
  await world.passing(() => heard(helper, groupId, 'one'));
  expect(heard(helper, groupId, 'one')?.group?.apart).toBeUndefined();

  forkAt = groupOf(traveller, groupId)?.next;
  await world.during(groups.say({ groupId, content: 'two' }));
  await world.passing(() => heard(helper, groupId, 'two'));
  // What shows that they have read different entries is the first thing that one says after them.
  await world.during(groups.say({ groupId, content: 'three' }));
  await world.passing(() => heard(helper, groupId, 'three'));
  expect(heard(helper, groupId, 'three')?.group?.apart).toBe('diverged');
  await world.passing(() => (groupOf(helper, groupId)?.status === 'forked' ? true : undefined));
  expect(groupOf(helper, groupId)).toMatchObject({ fork: { agree: [], differ: [traveller.agentId] } });
  await expect(world.during(helper.agent.groups.say({ groupId, content: 'no' }))).rejects.toMatchObject({
    code: 'group_forked',
  });

  await world.close(helper);
  helper = await world.open('helper', { transport: { kind: 'network', network: otherHalf() } });
  const stored = groupOf(helper, groupId);
  expect(stored).toMatchObject({ status: 'forked', fork: { differ: [traveller.agentId] } });
  expect(stored?.members.find(({ agentId }) => agentId === traveller.agentId)?.isDiverged).toBe(true);

  await world.during(helper.agent.groups.goOnForked(groupId));
  await world.during(helper.agent.groups.say({ groupId, content: 'four' }));
  await world.passing(() => heard(traveller, groupId, 'four'));
  expect(heard(traveller, groupId, 'four')?.group?.apart).toBe('diverged');
  await world.passing(() => (groupOf(traveller, groupId)?.status === 'forked' ? true : undefined));
});

function groupOf({ agent }: Resident, groupId: string) {
  return agent.groups.list().find((group) => group.groupId === groupId);
}

function heard({ agent }: Resident, groupId: string, content: string) {
  return agent
    .snapshot()
    .exchanges.find(
      ({ peerId, parameters, direction }) =>
        peerId === `#${groupId}` && parameters === content && direction === 'incoming',
    );
}
