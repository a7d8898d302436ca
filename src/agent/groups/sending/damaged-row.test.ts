import { expect, test } from 'vitest';
import { GroupWorld } from '../testing/group-world.ts';

test.each(['damaged', 'lost'])(
  'a %s row of what waits is shown as lost, and what is behind it goes out',
  async (how) => {
    const world = await GroupWorld.create();
    const { tamper } = world.world;
    let isBusy = false;
    world.world.tamper = async (request, next) =>
      isBusy && new URL(request.url).pathname.startsWith('/delivery/groups/')
        ? new Response(null, { status: 503 })
        : tamper(request, next);
    const traveller = await world.open('traveller');
    const helper = await world.open('helper');
    await world.ready(traveller, helper);
    const invite = [helper.agentId];
    const { groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite }));
    await world.passing(() => helper.agent.groups.invitations()[0]);
    await world.during(helper.agent.groups.accept(groupId));
    await world.passing(() => helper.agent.groups.list()[0]?.status === 'member' || undefined);
    isBusy = true;
    await world.during(traveller.agent.groups.say({ groupId, content: 'first' }));
    await world.during(traveller.agent.groups.say({ groupId, content: 'second' }));
    await world.close(traveller);
    const [row] = await traveller.store.groupRows(groupId, 'queue/', '', 10);
    if (row === undefined) throw new Error('Nothing waits.');
    const ciphertext = row.ciphertext.map((byte) => byte ^ 1);
    const { store } = traveller;
    const damaged = how === 'damaged' ? [{ ...row, ciphertext }] : [];
    const { part } = row;
    let isThere = true;
    const opened = await world.open('traveller', {
      store: {
        ...store,
        groupRow: async (group, one) => (isThere && one === part ? damaged[0] : store.groupRow(group, one)),
        groupRows: async (group, prefix, after, count) => {
          const all = await store.groupRows(group, prefix, after, count);
          // What is lost is found missing only once it is to be sent.
          const isListed = how === 'damaged' || prefix !== 'queue/';
          return isThere && isListed ? all.flatMap((one) => (one.part === part ? damaged : [one])) : all;
        },
        commit: async (change) => {
          await store.commit(change);
          if (change.groups?.some(({ drop }) => drop.some((one) => one.part === part)) === true) isThere = false;
        },
      },
    });
    isBusy = false;
    const heard = () => helper.agent.snapshot().exchanges.find(({ parameters }) => parameters === 'second');
    await world.passing(heard);
    const lost = opened.agent.snapshot().exchanges.find(({ parameters }) => parameters === 'first');
    expect(JSON.stringify(lost)).toContain('damaged where it was stored');
    expect(helper.agent.snapshot().exchanges.some(({ parameters }) => parameters === 'first')).toBe(false);
    expect(await store.groupRows(groupId, 'queue/', '', 10)).toEqual([]);
  },
);
