import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ParleyError } from '../../../protocol/errors.ts';
import type { GroupView } from '../../contracts/group-views.ts';
import type { AgentEvent } from '../../contracts/views.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { ComingBack } from '../members/rejoins.ts';
import type { InboxItem } from '../service/delivery-service.ts';
import { type DeliveryAgent, DeliveryAgents } from '../testing/delivery-agents.ts';
import { InvitationKeeper } from './invitation-keeper.ts';
import type { Joining, StandingInGroup } from './invitations.ts';

const world = new DeliveryAgents();
let traveller: DeliveryAgent;
let stranger: DeliveryAgent;
let helper: DeliveryAgent;
beforeAll(async () => {
  [traveller, stranger] = [await world.open('traveller_agent_001'), await world.open('stranger_agent_001')];
});

let joined: Joining[];
let events: AgentEvent[];
let declined: string[];
let asked: string[];
let joinsByItself: boolean;
let blocked: string[];
let standings: Map<string, StandingInGroup>;
let canAsk: boolean;
let directGroups: number;
/** What becomes of an item of the inbox on its way. */
let tamper: (item: InboxItem) => InboxItem;

const viewOf = (groupId: string): GroupView => ({
  ...{ groupId, kind: 'group', name: '', status: 'member', epoch: 1, members: [], isAdmin: false },
  ...{ createdAt: 0, next: 1, unread: 0, latestAt: 0, sendsReceipts: false },
});

/** Helper's invitations, as they are after a restart, too. */
function open(): InvitationKeeper {
  const { service, rows, keyPackages } = helper;
  const certificates: Evidence['certificates'] = async (hashes) =>
    canAsk
      ? { kind: 'found', value: new Map(hashes.map((hash) => [hash, world.certificates.get(hash) ?? 'unknown'])) }
      : { kind: 'waits', again: world.clock.now() + 1_000, why: new ParleyError('controller_unreachable', 'No.') };
  return new InvitationKeeper({
    selfId: helper.name,
    subtle: crypto.subtle,
    service: {
      entries: (groupId, from) => service.entries(groupId, from),
      markInboxRead: (index) => service.markInboxRead(index),
      inbox: async (from) => {
        const page = await service.inbox(from);
        return { ...page, items: page.items.map(tamper) };
      },
    },
    rows,
    keyPackages,
    evidence: { certificates },
    authorities: () => world.authorities,
    joiner: {
      standing: (groupId) => standings.get(groupId) ?? 'none',
      directGroupsWith: () => directGroups,
      readOn: async () => undefined,
      join: async (joining) => {
        await rows.write(joining.change);
        joined.push(joining);
        standings.set(joining.groupId, 'member');
        keyPackages.joined(joining.own);
        return viewOf(joining.groupId);
      },
    },
    consent: {
      joinsByItself: () => joinsByItself,
      isKnown: async (agentId) => agentId === traveller.name,
      isBlocked: (agentId) => blocked.includes(agentId),
    },
    declines: {
      add: async (groupId, inviter) => void declined.push(`${inviter} ${groupId}`),
      end: async () => undefined,
    },
    rejoins: {
      begin: ({ groupId, candidates }: ComingBack) => void asked.push(`${candidates().join()} ${groupId}`),
      end: () => undefined,
    },
    scheduler: world.clock,
    emit: (event) => events.push(event),
    verificationOf: () => 'unverified',
    now: world.clock.now,
  });
}

const waiting = async () => (await helper.service.inbox(0)).items.length;
const groupsOf = (keeper: InvitationKeeper) => keeper.list().map(({ groupId }) => groupId);

let agents = 0;
beforeEach(async () => {
  agents += 1;
  // An agent makes at most 20 groups an hour.
  world.clock.advance(3_600_000);
  helper = await world.open(`helper_agent_${String(agents).padStart(3, '0')}`);
  [joined, events, declined, asked, blocked, canAsk] = [[], [], [], [], [], true];
  [joinsByItself, directGroups, standings, tamper] = [false, 0, new Map(), (item) => item];
});

describe('a Welcome', () => {
  test('is an invitation, which joins nothing and is kept across a restart, until it is accepted', async () => {
    const groupId = await world.invite(traveller, helper.name, 'Trip to Rome');
    const keeper = open();
    await keeper.readInbox();
    expect(keeper.list()).toMatchObject([
      {
        groupId,
        kind: 'group',
        name: 'Trip to Rome',
        inviter: traveller.name,
        members: [traveller.name, helper.name],
      },
    ]);
    expect(events.map(({ type }) => type)).toEqual(['invitation']);
    expect([joined.length, await waiting()]).toEqual([0, 0]);
    const again = open();
    await again.readInbox();
    expect(groupsOf(again)).toEqual([groupId]);
    await again.accept(groupId);
    expect(joined).toHaveLength(1);
    const log = await helper.service.entries(groupId, 0);
    expect(joined[0]?.step.member).toMatchObject({ groupId, selfId: helper.name, next: 1, head: log.head });
    expect(again.list()).toEqual([]);
    expect(events.at(-1)).toEqual({ type: 'invitation_gone', groupId });
    await expect(open().accept(groupId)).rejects.toMatchObject({ code: 'unknown_group' });
  });

  test('of a known agent joins by itself if the owner has said so; of any other it is an invitation', async () => {
    joinsByItself = true;
    const known = await world.invite(traveller, helper.name);
    const other = await world.invite(stranger, helper.name);
    const keeper = open();
    await keeper.readInbox();
    expect(joined.map(({ groupId }) => groupId)).toEqual([known]);
    expect(groupsOf(keeper)).toEqual([other]);
    expect(await waiting()).toBe(0);
  });

  test('of a known agent that has made eight direct groups already is an invitation', async () => {
    joinsByItself = true;
    const keeper = open();
    const invited: string[] = [];
    for (const [count, kind] of [[7, 'direct'] as const, [8, 'direct'] as const, [8, 'group'] as const]) {
      directGroups = count;
      invited.push(await world.invite(traveller, helper.name, 'Trip', kind));
      await keeper.readInbox();
    }
    const [eighth, ninth, other] = invited;
    expect(joined.map(({ groupId }) => groupId)).toEqual([eighth, other]);
    expect(groupsOf(keeper)).toEqual([ninth]);
  });

  test('of an agent that is blocked is dropped, and so are its invitations', async () => {
    await world.invite(traveller, helper.name);
    const keeper = open();
    await keeper.readInbox();
    expect(keeper.list()).toHaveLength(1);
    blocked = [traveller.name];
    await world.invite(traveller, helper.name);
    await keeper.readInbox();
    await keeper.dropBlocked();
    expect([keeper.list().length, joined.length, await waiting()]).toEqual([0, 0, 0]);
  });

  test.each<[string, (other: string) => (item: InboxItem) => InboxItem]>([
    ['of another group than the inbox says', (other) => (item) => ({ ...item, groupId: other })],
    ['of another entry than the inbox says', () => (item) => ({ ...item, entry: item.entry + 1 })],
    ['of another sender than the entry has', () => (item) => ({ ...item, from: 'stranger_agent_001' })],
    ['that is none', () => (item) => ({ ...item, message: Uint8Array.of(0, 1, 0, 3, 9) })],
    ['that was altered', () => (item) => ({ ...item, message: item.message.with(item.message.length - 9, 7).slice() })],
  ])('%s is refused', async (_, tampering) => {
    const other = await world.invite(traveller, helper.name);
    const keeper = open();
    await keeper.readInbox();
    await keeper.decline(other);
    joinsByItself = true;
    await world.invite(traveller, helper.name);
    tamper = tampering(other);
    const second = open();
    await second.readInbox();
    expect([second.list().length, joined.length, await waiting()]).toEqual([0, 0, 0]);
    expect(asked).toEqual([]);
  });

  test('waits at the service, with all after it, while a certificate cannot be looked up', async () => {
    joinsByItself = true;
    canAsk = false;
    const groupId = await world.invite(traveller, helper.name);
    await world.invite(stranger, helper.name);
    const keeper = open();
    await keeper.readInbox();
    expect([joined.length, keeper.list().length, await waiting()]).toEqual([0, 0, 2]);
    canAsk = true;
    const again = open();
    await again.readInbox();
    expect(again.list()).toMatchObject([{ inviter: stranger.name }]);
    expect(joined.map((joining) => joining.groupId)).toEqual([groupId]);
    expect(await waiting()).toBe(0);
    keeper.stop();
  });

  test('with a leaf that is not valid is not even shown: whoever it names has not invited', async () => {
    const { signing } = stranger.certified.own.certificates;
    const [hash = ''] = [...world.certificates].find(([, der]) => der === signing) ?? [];
    await world.invite(stranger, helper.name);
    world.certificates.delete(hash);
    const keeper = open();
    await keeper.readInbox().finally(() => world.certificates.set(hash, signing));
    expect([joined.length, keeper.list(), events, await waiting()]).toEqual([0, [], [], 0]);
  });

  test('whose KeyPackage is deleted has its inviter asked to add this agent anew; one that was joined has not', async () => {
    const groupId = await world.invite(traveller, helper.name);
    const keep = helper;
    helper = { ...(await world.open(helper.name)), name: keep.name };
    const keeper = open();
    await keeper.readInbox();
    expect(asked).toEqual([`${traveller.name} ${groupId}`]);
    expect([keeper.list().length, await waiting()]).toEqual([0, 0]);
    standings.set(await world.invite(traveller, keep.name), 'member');
    helper = { ...(await world.open(helper.name)), name: keep.name };
    await open().readInbox();
    expect(asked).toHaveLength(1);
  });
});

describe('invitations', () => {
  test('are four of one inviter, the oldest of which goes', async () => {
    const groups: string[] = [];
    const keeper = open();
    for (let i = 0; i < 5; i++) {
      groups.push(await world.invite(traveller, helper.name));
      world.clock.advance(1_000);
      await keeper.readInbox();
    }
    expect(groupsOf(keeper)).toEqual(groups.slice(1));
    expect(events).toContainEqual({ type: 'invitation_gone', groupId: groups[0] });
    const again = open();
    await again.load();
    expect(groupsOf(again)).toEqual(groups.slice(1));
  });

  test('whose KeyPackage is deleted by then are not joined: the inviter is asked to add this agent anew', async () => {
    const groupId = await world.invite(traveller, helper.name);
    await open().readInbox();
    await helper.rows.write({ put: [], drop: [{ group: '', part: 'key-package/' }] });
    const other = await world.open(helper.name);
    helper = { ...helper, keyPackages: other.keyPackages };
    const keeper = open();
    await keeper.load();
    await expect(keeper.accept(groupId)).rejects.toMatchObject({ code: 'unknown_group' });
    expect(asked).toEqual([`${traveller.name} ${groupId}`]);
    expect([keeper.list(), joined]).toEqual([[], []]);
  });

  test('that are declined are forgotten, and the inviter is told', async () => {
    const groupId = await world.invite(traveller, helper.name);
    const keeper = open();
    await keeper.readInbox();
    await keeper.decline(groupId);
    expect(declined).toEqual([`${traveller.name} ${groupId}`]);
    expect(groupsOf(keeper)).toEqual([]);
    await expect(keeper.decline(groupId)).rejects.toMatchObject({ code: 'unknown_group' });
    const again = open();
    await again.readInbox();
    expect(groupsOf(again)).toEqual([]);
  });

  test('expire after 30 days', async () => {
    const groupId = await world.invite(traveller, helper.name);
    const keeper = open();
    await keeper.readInbox();
    world.clock.advance(30 * 86_400_000);
    expect(keeper.list()).toEqual([]);
    await expect(keeper.accept(groupId)).rejects.toMatchObject({ code: 'unknown_group' });
  });
});
