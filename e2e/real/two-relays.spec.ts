import { join } from 'node:path';
import { freePort } from '../../src/storage/nats/testing/free-port.ts';
import { hasNats, type NatsServer, startNats } from '../../src/storage/nats/testing/nats-server.ts';
import { test } from '../harness.ts';
import { FourRequests } from './four-requests.ts';
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
    const requests = await FourRequests.open(one.page, two.page);
    await requests.sendFirstTwo();
    await first.end('SIGKILL');
    await requests.sendThird();
    await requests.endWell();
  },
);
