import { createSecretKey } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { deliveryStoreContract } from '../../testing/delivery-store-contract.ts';
import { NatsLink } from '../link.ts';
import { Seal } from '../seal.ts';
import { hasNats, type NatsServer, startNats } from '../testing/nats-server.ts';
import { openNatsDeliveryStore } from './delivery-store.ts';

describe.runIf(hasNats)('a delivery service’s store over NATS', () => {
  let nats: NatsServer;
  let link: NatsLink;
  beforeAll(async () => {
    nats = await startNats('');
    link = await NatsLink.open({ urls: nats.url });
  });
  afterAll(async () => {
    await link.connection.close();
    await nats.end();
  });
  const seal = new Seal(createSecretKey(new Uint8Array(32).fill(7)));

  deliveryStoreContract((name) => openNatsDeliveryStore(link, seal, { prefix: name, mayChange: () => undefined }));
});
