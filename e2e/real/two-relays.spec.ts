import { join } from 'node:path';
import { freePort } from '../../src/storage/nats/testing/free-port.ts';
import { hasNats, type NatsServer, startNats } from '../../src/storage/nats/testing/nats-server.ts';
import { AgentTab, helper, traveller } from '../agent-tab.ts';
import { expect, test } from '../harness.ts';
import { Profiles } from './profiles.ts';
import { Server } from './server.ts';

// Left out on a machine without nats-server.
const whereThereIsNats = hasNats ? test : test.fixme;

let nats: NatsServer;
let first: Server;
let second: Server;
let profiles: Profiles;
test.beforeEach(async ({ browser }) => {
  if (!hasNats) return;
  nats = await startNats();
  profiles = new Profiles(browser);
  const ports = [await freePort(), await freePort()] as const;
  const relays = ports.map((port) => `http://localhost:${port}`).join();
  const shared = ['--nats', nats.url, '--relays', relays];
  first = await Server.start(shared, ports[0]);
  second = await Server.start([...shared, '--ca', join(first.folder, 'server', 'ca.pem')], ports[1]);
});
test.afterEach(async () => {
  if (!hasNats) return;
  await profiles.close();
  await first.forget();
  await second.forget();
  await nats.end();
});

whereThereIsNats(
  'tabs at two relays talk; one relay is killed, its tab goes on at the other, nothing is lost or runs twice',
  async () => {
    const one = await profiles.open(first.url);
    const two = await profiles.open(second.url);
    const tab = await AgentTab.open(one.page, traveller);
    const peer = await AgentTab.open(two.page, helper);
    await expect(one.page.getByText('reachable', { exact: true })).toBeVisible();
    await expect(two.page.getByText('reachable', { exact: true })).toBeVisible();
    await tab.connect(helper);
    await tab.send('send_request', '{"query": "one"}');
    await expect(tab.lastExchange).toContainText('SUCCESS');
    await peer.talkTo(traveller);
    await peer.send('echo', '"two"');
    await expect(peer.lastExchange).toContainText('two');
    await expect(peer.lastExchange).toContainText('SUCCESS');

    await first.end('SIGKILL');
    await tab.send('send_request', '{"query": "three"}');
    await expect(tab.lastExchange).toContainText('three');
    await expect(tab.lastExchange).toContainText('SUCCESS');
    await expect(one.page.getByText('reachable', { exact: true })).toBeVisible();
    await peer.send('echo', '"four"');
    await expect(peer.lastExchange).toContainText('four');
    await expect(peer.lastExchange).toContainText('SUCCESS');

    for (const { page } of [one, two]) {
      const rows = await page.getByRole('log').getByRole('listitem').allInnerTexts();
      expect(rows).toHaveLength(4);
      for (const [at, word] of ['one', 'two', 'three', 'four'].entries()) expect(rows[at]).toContain(word);
    }
  },
);
