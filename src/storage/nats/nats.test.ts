import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isAgentId } from '../../protocol/ids.ts';
import { openAuthorityFile } from '../file/authority-file.ts';
import { controllerStoreContract } from '../testing/controller-store-contract.ts';
import { connectToNats } from './connect.ts';
import { type Claim, openConnections } from './connections.ts';
import { openNatsControllerStore } from './controller-store.ts';
import { hasNats, type NatsServer, startNats } from './testing/nats-server.ts';

describe.runIf(hasNats)('over NATS', () => {
  let folder = '';
  let nats: NatsServer;
  let connection: NatsConnection;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-nats-test-'));
    nats = await startNats();
    connection = await connectToNats(nats.url);
  });
  afterAll(async () => {
    await connection.close();
    await nats.end();
    await rm(folder, { recursive: true });
  });

  const open = (name: string, ca = name) =>
    openNatsControllerStore(connection, openAuthorityFile(join(folder, `${ca}.pem`)), name);
  const makeCa = async () => {
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    return { signingKey: keys.privateKey, certificate: crypto.getRandomValues(new Uint8Array(16)) };
  };

  describe('a Controller’s store', () => controllerStoreContract(open));

  test('two servers get no number twice', async () => {
    const stores = [await open('shared'), await open('shared')];
    const numbers = await Promise.all([...stores, ...stores, ...stores].map((store) => store.nextListNumber()));
    expect(numbers.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('a server with another CA than its group, or with none, does not start', async () => {
    const first = await open('pinned', 'first-ca');
    const kept = await first.keepAuthority(await makeCa());
    const second = await open('pinned', 'second-ca');
    await expect(second.loadAuthority()).rejects.toThrow(/Copy the CA file/);
    await expect(second.keepAuthority(await makeCa())).rejects.toThrow(/its group has another/);
    const same = await open('pinned', 'first-ca');
    expect((await same.loadAuthority())?.certificate).toEqual(kept.certificate);
  });

  test('every server hears of every claim in one order, and only the newest can be taken back', async () => {
    const agentId = 'helper_agent_001';
    if (!isAgentId(agentId)) throw new TypeError(agentId);
    const heard: Record<string, (Claim | undefined)[]> = { one: [], two: [] };
    const one = await openConnections(connection, 'one', (_, claim) => heard.one?.push(claim), 'order');
    const two = await openConnections(connection, 'two', (_, claim) => heard.two?.push(claim), 'order');
    const numbers = await Promise.all([one.claim(agentId), two.claim(agentId), one.claim(agentId), two.claim(agentId)]);
    await vi.waitFor(() => expect(heard.one?.at(-1)?.number).toBe(Math.max(...numbers)));
    await one.release(agentId, Math.min(...numbers));
    await two.release(agentId, Math.max(...numbers));
    await vi.waitFor(() => {
      expect(heard.one?.at(-1)).toBeUndefined();
      expect(heard.two?.at(-1)).toBeUndefined();
    });
    const last = heard.one?.slice(-2);
    expect(last).toEqual(heard.two?.slice(-2));
    expect(last?.[0]?.number).toBe(Math.max(...numbers));
    one.close();
    two.close();
  });

  test('an address at which nobody answers is said to be one, without its password', async () => {
    const failure = connectToNats('nats://parley:hunter2@127.0.0.1:1');
    await expect(failure).rejects.toThrow(/NATS does not answer/);
    await expect(failure).rejects.not.toThrow(/hunter2/);
  });
});
