import { expect } from 'vitest';
import type { Append, DeliveryStore } from '../../delivery/store.ts';
import type { Chance } from '../../mls/testing/chance.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { bytes, commit, id, keyPackage } from './delivery-records.ts';

/** What is damaged: a group, its writer, and who has a Welcome to it. Beside it stands another of each, which nothing may happen to. */
const victim = { group: '1'.repeat(32), writer: 'agent_v', reader: 'agent_w' };
const other = { group: '2'.repeat(32), writer: 'agent_x', reader: 'agent_y' };

/** A store whose rows a test damages. */
export interface DamagedStore {
  readonly store: DeliveryStore;
  /** Changes one stored row of the victim, whose group and agents are given, and says which and how. */
  damage(chance: Chance, names: typeof victim): Promise<string>;
  /** Puts everything back as it was before the first damage; only what was damaged where `isWhole` is false. */
  restore(): Promise<void>;
  /** True when `restore` undoes also what was called meanwhile. */
  readonly isWhole: boolean;
}

/** Stores what is then damaged and what stands beside it. */
export async function fillForDamage(store: DeliveryStore): Promise<void> {
  for (const names of [victim, other]) {
    for (const index of [0, 1]) expect(await store.append(appendOf(names, index))).toBe(true);
    await store.setPosition(names.group, names.reader, { index: 1, at: 5 });
    await store.changeUpkeep(names.group, (current) => ({ ...current, passed: [{ index: 0, at: 3 }] }));
    for (const agentId of [names.writer, names.reader]) {
      await store.addKeyPackages(agentId, [keyPackage(1), keyPackage(2)], 100, false);
      await store.putLastResort(agentId, bytes(9, 9));
      await store.changeAgent(agentId, (current) => ({ ...current, key: 'ab'.repeat(32), gave: [1] }));
    }
  }
}

/**
 * Damages one row of the victim, so many times: each call for it is answered or rejects with `storage_failed`, none breaks anything else, and
 * what stands beside it is always as it was. Returns how many rounds had a call that was refused.
 */
export async function fuzzedRows({ store, ...rows }: DamagedStore, runs: number, chance: Chance): Promise<number> {
  const right = await shown(store, other);
  const before = await shown(store, victim);
  let refused = 0;
  for (let run = 0; run < runs; run += 1) {
    const what = await rows.damage(chance, victim);
    const calls = rows.isWhole ? [...readings(store, victim), ...writings(store, victim)] : readings(store, victim);
    let isRefused = false;
    for (const call of calls) {
      try {
        await call();
      } catch (error) {
        isRefused = true;
        if (!(error instanceof ParleyError) || error.code !== 'storage_failed') throw new Error(what, { cause: error });
      }
    }
    if (isRefused) refused += 1;
    // The list of groups and the sweep are everybody's.
    if ((await store.groups(victim.group, 9))[0] !== other.group)
      throw new Error(`${what}: the list of groups breaks.`);
    expect(await shown(store, other), what).toEqual(right);
    if (rows.isWhole) expect(await store.append(appendOf(other, 2)), what).toBe(true);
    await rows.restore();
  }
  expect(await shown(store, victim)).toEqual(before);
  return refused;
}

function appendOf({ group, writer, reader }: typeof victim, index: number): Append {
  const append = commit(index, [reader], id(index), group);
  const lists = { members: [writer, reader], admins: [writer] };
  const { after, entry } = append;
  return {
    ...append,
    entry: { ...entry, sender: writer },
    after: { ...after, roster: { ...after.roster, ...lists, spoken: [writer] } },
  };
}

/** Everything that is read of one group and its agents. */
function readings(store: DeliveryStore, { group, writer, reader }: typeof victim): readonly (() => Promise<unknown>)[] {
  return [
    () => store.group(group),
    () => store.entries(group, 0, 9),
    () => store.message(group, 0),
    () => store.message(group, 1),
    () => store.answered(writer, id(0)),
    () => store.answered(writer, id(1)),
    () => store.positions(group),
    () => store.upkeep(group),
    ...[writer, reader].flatMap((agentId) => [
      () => store.agent(agentId),
      () => store.lastResort(agentId),
      () => store.inbox(agentId, 0, 9),
      () => store.welcome(agentId, 0),
      () => store.inboxNext(agentId),
      () => store.unreadIn(agentId, writer),
      () => store.unreadWelcomes(agentId),
    ]),
  ];
}

/** Everything that changes one group and its agents, and the sweep. */
function writings(store: DeliveryStore, names: typeof victim): readonly (() => Promise<unknown>)[] {
  const { group, writer, reader } = names;
  return [
    () => store.append(appendOf(names, 2)),
    () => store.append(appendOf(names, 3)),
    () => store.setPosition(group, reader, { index: 0, at: 9 }),
    () => store.changeUpkeep(group, (current) => ({ ...current, dropped: current.dropped + 1 })),
    () => store.dropMessages(group, [0]),
    () => store.dropEntries(group, 1),
    ...[writer, reader].flatMap((agentId) => [
      () => store.changeAgent(agentId, (current) => ({ ...current, gave: [...current.gave, 2] })),
      () => store.takeKeyPackage(agentId),
      () => store.takeKeyPackage(agentId),
      () => store.addKeyPackages(agentId, [keyPackage(3)], 2, false),
      () => store.readInbox(agentId, 0),
      () => store.forgetAgent(agentId),
    ]),
    () => store.dropExpired(0, 0),
  ];
}

async function shown(store: DeliveryStore, names: typeof victim): Promise<readonly unknown[]> {
  return Promise.all(readings(store, names).map((read) => read()));
}
