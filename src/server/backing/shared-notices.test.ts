import { createSecretKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DeliveryNews } from '../../delivery/notices.ts';
import { NatsLink } from '../../storage/nats/link.ts';
import { Seal } from '../../storage/nats/seal.ts';
import { hasNats, type NatsServer, startNats } from '../../storage/nats/testing/nats-server.ts';
import { sharedNoticeHub } from './shared-notices.ts';

describe.runIf(hasNats)('notices of two servers over NATS', () => {
  let nats: NatsServer;
  const links: NatsLink[] = [];
  beforeAll(async () => {
    nats = await startNats();
    for (let at = 0; at < 3; at += 1) links.push(await NatsLink.open({ urls: nats.url }));
  });
  afterAll(async () => {
    for (const { connection } of links) await connection.close();
    await nats.end();
  });
  const seal = new Seal(createSecretKey(new Uint8Array(32).fill(7)));
  const link = (index: number): NatsLink => {
    const found = links[index];
    if (found === undefined) throw new TypeError('no link');
    return found;
  };

  test('reach the agents of both once, those of one message together; nobody else can make one or repeat it', async () => {
    const heard: Record<'one' | 'two', [string, DeliveryNews][]> = { one: [], two: [] };
    const [one, two] = [sharedNoticeHub(link(0), seal), sharedNoticeHub(link(1), seal)];
    one.subscribe((id, news) => heard.one.push([id, news]));
    two.subscribe((id, news) => heard.two.push([id, news]));
    const messages: string[] = [];
    link(2).connection.subscribe('parley.notices', {
      callback: (_, message) => {
        messages.push(message.string());
      },
    });
    await Promise.all(links.map(({ connection }) => connection.flush()));

    const groupId = 'ab'.repeat(16);
    const members = Array.from({ length: 1_500 }, (_, at) => `agent_${String(at).padStart(4, '0')}_001`);
    for (const member of members) one.changed(member, { group: [groupId, 7] });
    one.changed('helper_agent_001', { inbox: 3 });
    await vi.waitFor(() => expect(heard.two).toHaveLength(1_501), { timeout: 10_000 });
    expect(heard.two).toEqual(heard.one);
    await vi.waitFor(() => expect(messages).toHaveLength(2), { timeout: 10_000 });

    const forger = sharedNoticeHub(link(2), new Seal(createSecretKey(new Uint8Array(32).fill(8))));
    forger.changed('helper_agent_001', { inbox: 9 });
    await new Promise((resolve) => setImmediate(resolve));
    for (const message of messages) link(2).connection.publish('parley.notices', message);
    two.changed('traveller_agent_001', { inbox: 0 });
    await vi.waitFor(() => expect(heard.one.at(-1)).toEqual(['traveller_agent_001', { inbox: 0 }]), {
      timeout: 10_000,
    });
    one.changed('traveller_agent_001', { inbox: 1 });
    await vi.waitFor(() => expect(heard.two.at(-1)).toEqual(['traveller_agent_001', { inbox: 1 }]), {
      timeout: 10_000,
    });
    await link(2).connection.flush();
    expect(heard.two).toHaveLength(1_503);
  });
});
