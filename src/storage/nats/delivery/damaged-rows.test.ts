import { createSecretKey } from 'node:crypto';
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Chance } from '../../../mls/testing/chance.ts';
import { mutatedBytes } from '../../../mls/testing/mutated-bytes.ts';
import { fillForDamage, fuzzedRows } from '../../testing/damaged-rows.ts';
import { NatsLink } from '../link.ts';
import { Seal } from '../seal.ts';
import { hasNats, type NatsServer, startNats } from '../testing/nats-server.ts';
import { openNatsDeliveryStore } from './delivery-store.ts';

const runs = inject('exhaustive') ? 10_000 : 25;
const prefix = 'damaged';

describe.runIf(hasNats)('what is overwritten at NATS of the delivery service', () => {
  let nats: NatsServer;
  let link: NatsLink;
  let manager: JetStreamManager;
  beforeAll(async () => {
    nats = await startNats('');
    link = await NatsLink.open({ urls: nats.url });
    manager = await jetstreamManager(link.connection);
  });
  afterAll(async () => {
    await link.connection.close();
    await nats.end();
  });

  /** Every subject of a stream. */
  async function subjectsOf(stream: string) {
    const { state } = await manager.streams.info(stream, { subjects_filter: '>' });
    return Object.keys(state.subjects ?? {});
  }

  test('is storage_failed for its group or agent alone', { timeout: 7_200_000 }, async () => {
    const store = await openNatsDeliveryStore(link, new Seal(createSecretKey(new Uint8Array(32).fill(7))), {
      prefix,
      mayChange: () => undefined,
    });
    await fillForDamage(store);
    const kept = ['delivery', 'delivery_entry_ids'].map((name) => `${prefix}_${name}`);
    const kvm = new Kvm(jetstream(link.connection));
    const buckets = await Promise.all(kept.map((name) => kvm.open(name)));
    const keys: { readonly bucket: (typeof buckets)[number]; readonly key: string }[] = [];
    for (const bucket of buckets) for await (const key of await bucket.keys()) keys.push({ bucket, key });
    let restore = async () => {};
    const refused = await fuzzedRows(
      {
        store,
        isWhole: false,
        damage: async (chance, names) => {
          const isOf = (text: string) => Object.values(names).some((name) => text.split('.').includes(name));
          const { bucket, key } = chance.pick(keys.filter((each) => isOf(each.key)));
          const right = (await bucket.get(key))?.value ?? new Uint8Array();
          await bucket.put(key, mutatedBytes(new Uint8Array(right), chance));
          restore = async () => void (await bucket.put(key, right));
          return key;
        },
        restore: () => restore(),
      },
      runs,
      new Chance(Date.now()),
    );
    expect(refused).toBeGreaterThan(runs / 10);
  });

  test('is no other message and no other Welcome', async () => {
    const store = await openNatsDeliveryStore(link, new Seal(createSecretKey(new Uint8Array(32).fill(7))), {
      prefix: 'overwritten',
      mayChange: () => undefined,
    });
    await fillForDamage(store);
    for (const subject of await subjectsOf('overwritten_delivery_blobs')) {
      await jetstream(link.connection).publish(subject, Uint8Array.of(7));
    }
    const failed = { code: 'storage_failed' };
    await expect(store.message('1'.repeat(32), 0)).rejects.toMatchObject(failed);
    await expect(store.welcome('agent_w', 0)).rejects.toMatchObject(failed);
    const again = await openNatsDeliveryStore(link, new Seal(createSecretKey(new Uint8Array(32).fill(7))), {
      prefix: 'overwritten',
      mayChange: () => undefined,
    });
    await expect(again.group('1'.repeat(32))).rejects.toMatchObject(failed);
  });

  test('at the end of a log or an inbox stops that one, and the other stands', async () => {
    const store = await openNatsDeliveryStore(link, new Seal(createSecretKey(new Uint8Array(32).fill(7))), {
      prefix: 'ended',
      mayChange: () => undefined,
    });
    await fillForDamage(store);
    const chance = new Chance(Date.now());
    for (const [kind, name] of [
      ['log', '1'.repeat(32)],
      ['inboxes', 'agent_w'],
    ]) {
      const found = await manager.streams.getMessage(`ended_delivery_${kind}`, {
        last_by_subj: `ended.delivery.${kind}.${name}`,
      });
      const changed = mutatedBytes(new Uint8Array(found?.data ?? []), chance);
      await jetstream(link.connection).publish(`ended.delivery.${kind}.${name}`, changed);
    }
    const failed = { code: 'storage_failed' };
    await expect(store.group('1'.repeat(32))).rejects.toMatchObject(failed);
    await expect(store.inbox('agent_w', 0, 9)).rejects.toMatchObject(failed);
    await expect(store.inboxNext('agent_w')).rejects.toMatchObject(failed);
    expect((await store.group('2'.repeat(32)))?.next).toBe(2);
    expect(await store.inbox('agent_y', 0, 9)).toHaveLength(2);
    // The sweep says what is damaged, and has dropped what is too old in all other inboxes.
    await expect(store.dropExpired(0, 2_000)).rejects.toMatchObject(failed);
    expect(await store.inbox('agent_y', 0, 9)).toEqual([]);
  });
});
