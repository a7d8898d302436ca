import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { describe, expect, test, vi } from 'vitest';
import type { TestGroupStore } from './testing/group-store.ts';
import { add, bucket, makeRecord, names, revoked, startingGroups } from './testing/groups.ts';
import { hasNats } from './testing/nats-server.ts';

describe.runIf(hasNats)('records that servers share', () => {
  const group = startingGroups();

  describe('and that somebody else writes at NATS', () => {
    async function attacked() {
      const its = await group();
      const [one, two] = [await its.join(), await its.join()];
      await add(one, ['agent_a', 'agent_b']);
      const attacker = await its.link();
      const kv = await new Kvm(jetstream(attacker.connection)).open(bucket);
      return { ...its, one, two, kv, attacker };
    }
    const statusOf = async ({ store }: TestGroupStore, name: string) => (await store.agent(name))?.revoked?.reason;

    test('are skipped, counted and put right, and hold nothing else up', async () => {
      const { one, two, kv, join } = await attacked();
      const forged = JSON.stringify({ ...makeRecord('agent_a'), address: 'https://attacker.example' });
      await kv.put('agents.agent_a', forged);
      await kv.put('agents.agent_c', forged);
      await kv.put('list.number', 'one hundred');
      await kv.put('list.newest', '{');
      await kv.put('nonsense', new Uint8Array(40));
      await vi.waitFor(() => expect(two.told.forged.length).toBeGreaterThanOrEqual(5), { timeout: 10_000 });
      expect((await two.store.agent('agent_a'))?.address).toBe('https://localhost:5001');
      expect(names(await one.store.agents('', 10))).toEqual(['agent_a', 'agent_b']);
      await one.store.updateAgent('agent_b', () => makeRecord('agent_b', { revoked }));
      expect(await one.store.loadList()).toBeUndefined();
      const number = await one.store.nextListNumber();
      expect(number).toBeGreaterThan(1_000_000_000);
      expect(await two.store.nextListNumber()).toBe(number + 1);
      await vi.waitFor(
        async () => {
          const three = await join();
          expect((await three.store.agent('agent_a'))?.address).toBe('https://localhost:5001');
        },
        { timeout: 10_000, interval: 500 },
      );
      expect(names(await two.store.agents('', 10))).toEqual(['agent_a', 'agent_b']);
    });

    test.each([
      [
        'written again',
        async (kv: Awaited<ReturnType<Kvm['open']>>, old: Uint8Array) => void (await kv.put('agents.agent_a', old)),
      ],
      ['deleted', (kv: Awaited<ReturnType<Kvm['open']>>) => kv.delete('agents.agent_a')],
      ['purged', (kv: Awaited<ReturnType<Kvm['open']>>) => kv.purge('agents.agent_a')],
    ])('keep their revocation when the record is %s', async (_, attack) => {
      const { one, two, kv, join } = await attacked();
      const before = (await kv.get('agents.agent_a'))?.value ?? new Uint8Array(0);
      await one.store.updateAgent('agent_a', () => makeRecord('agent_a', { revoked }));
      await attack(kv, before);
      await vi.waitFor(() => expect(two.told.forged).toContain('agents.agent_a'), { timeout: 10_000 });
      for (const server of [one, two]) expect(await statusOf(server, 'agent_a')).toBe('keyCompromise');
      await vi.waitFor(async () => expect(await statusOf(await join(), 'agent_a')).toBe('keyCompromise'), {
        timeout: 10_000,
        interval: 500,
      });
    });

    test.each([
      ['overwritten', (kv: Awaited<ReturnType<Kvm['open']>>) => kv.put('authority', '00')],
      ['deleted', (kv: Awaited<ReturnType<Kvm['open']>>) => kv.delete('authority')],
      ['purged', (kv: Awaited<ReturnType<Kvm['open']>>) => kv.purge('authority')],
    ])('are those of the group also when the record that begins it is %s while no server runs', async (_, attack) => {
      const { one, two, kv, join } = await attacked();
      await one.store.updateAgent('agent_a', () => makeRecord('agent_a', { revoked }));
      one.store.close();
      two.store.close();
      await attack(kv);
      const three = await join();
      expect(await statusOf(three, 'agent_a')).toBe('keyCompromise');
      expect(names(await (await join()).store.agents('', 10))).toEqual(['agent_a', 'agent_b']);
    });

    test('do not become another agent’s', async () => {
      const { one, kv } = await attacked();
      const its = (await kv.get('agents.agent_a'))?.value ?? new Uint8Array(0);
      await kv.put('agents.agent_d', its);
      await vi.waitFor(() => expect(one.told.forged).toContain('agents.agent_d'), { timeout: 10_000 });
      await expect(one.store.agent('agent_d')).rejects.toMatchObject({ code: 'storage_failed' });
      expect(names(await one.store.agents('', 10))).toEqual(['agent_a', 'agent_b']);
    });
  });

  describe('and that NATS has lost', () => {
    test('are not begun anew by a server that has their CA, unless its operator says so', {
      timeout: 30_000,
    }, async () => {
      const { nats, join } = await group();
      await join();
      await nats.again({ isEmpty: true });
      await expect(join()).rejects.toThrow(/--new-group/);
      const begun = await join({ newGroup: true });
      expect(await begun.store.agents('', 10)).toEqual([]);
      await join();
    });

    test('are missed by a server that runs: it is not ready, and does not begin anew', {
      timeout: 30_000,
    }, async () => {
      const { nats, join } = await group();
      const one = await join();
      await add(one, ['agent_a']);
      await nats.again({ isEmpty: true });
      await vi.waitFor(() => expect(one.store.ready()).rejects.toThrow(/lost the records/), { timeout: 10_000 });
      await expect(one.store.agents('', 10)).rejects.toThrow(/lost the records/);
      await expect(one.store.nextListNumber()).rejects.toThrow(/lost the records/);
    });

    test('are missed when the bucket alone is deleted', async () => {
      const { join } = await group();
      const one = await join();
      await (await jetstreamManager(one.link.connection)).streams.delete(`KV_${bucket}`);
      await expect(one.store.ready()).rejects.toThrow(/lost the records/);
    });
  });
});
