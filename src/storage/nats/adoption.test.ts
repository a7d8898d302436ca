import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeRegistrant } from '../../controller/testing/registrant.ts';
import { createCaCertificate, issueCertificates } from '../../pki/authority.ts';
import { toHex } from '../../protocol/bytes.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { openAuthorityFile } from '../file/authority-file.ts';
import { agentToJson } from '../json/controller-records.ts';
import { NatsLink } from './link.ts';
import { pinAuthority } from './pin.ts';
import { SealedRecords } from './records.ts';
import { Seal } from './seal.ts';
import { openTestStore } from './testing/group-store.ts';
import { hasNats, type NatsServer, startNats } from './testing/nats-server.ts';

const now = Math.floor(Date.now() / 1_000);
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

describe.runIf(hasNats)('records of a version that authenticated none', () => {
  let folder = '';
  let nats: NatsServer;
  let link: NatsLink;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-adoption-'));
    nats = await startNats();
    link = await NatsLink.open({ urls: nats.url });
  });
  afterAll(async () => {
    await link.connection.close();
    await nats.end();
    await rm(folder, { recursive: true });
  });

  async function makeAuthority() {
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const certificate = await createCaCertificate({ name: 'Parley Controller', keys, lifetime: 86_400, now, random });
    return { signingKey: keys.privateKey, certificate };
  }
  const halfOf = (records: SealedRecords) => ({
    foreign: records.foreign,
    all: () => records.all(),
    get: (key: string) => records.get(key),
    change: (...parts: Parameters<SealedRecords['change']>) => records.change(...parts),
  });
  type Authority = Awaited<ReturnType<typeof makeAuthority>>;

  async function certified(agentId: string, authority: Authority): Promise<string> {
    if (!isAgentId(agentId)) throw new TypeError(agentId);
    const address = 'https://localhost:5001';
    const { signing, encryption } = await makeRegistrant(agentId, address);
    const spki = async ({ publicKey }: CryptoKeyPair) =>
      new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
    const [signingSpki, encryptionSpki] = [await spki(signing), await spki(encryption)];
    const request = {
      agentId,
      address,
      signingSpki,
      encryptionSpki,
      crlUrl: 'https://localhost/crl',
      lifetime: 86_400,
    };
    const { certificates, serials } = await issueCertificates(authority, request, { now, random });
    const issued = serials.map((serial) => ({ serial, notAfter: now + 86_400 }));
    return agentToJson({ agentId, address, signingSpki, certificates, issued });
  }

  test('are refused, and taken over once when the operator says so: what this CA certified, and nothing else', async () => {
    const file = join(folder, 'ca.pem');
    const authority = await makeAuthority();
    await openAuthorityFile(file).keepAuthority(authority);
    const kv = await new Kvm(jetstream(link.connection)).create('old_controller', { history: 1, allow_direct: false });
    await kv.put('authority', toHex(authority.certificate));
    await kv.put('agents.helper_agent_001', await certified('helper_agent_001', authority));
    await kv.put('agents.other_agent_001', await certified('helper_agent_001', authority));
    await kv.put('agents.mallory_agent_001', await certified('mallory_agent_001', await makeAuthority()));
    await kv.put('agents.broken_agent_001', '{');
    await kv.put('list.number', '7');
    await kv.put('list.newest', '{"number":7}');

    await expect(openTestStore(link, file, 'old').store.loadAuthority()).rejects.toThrow(/--adopt-group/);
    await expect(openTestStore(link, file, 'old', { newGroup: true }).store.loadAuthority()).rejects.toThrow(/--adopt/);
    const { store } = openTestStore(link, file, 'old', { adoptGroup: true });
    await store.loadAuthority();
    expect((await store.agents('', 10)).map(({ agentId }) => agentId)).toEqual(['helper_agent_001']);
    expect(await store.loadList()).toBeUndefined();
    expect(await store.nextListNumber()).toBe(8);

    const later = openTestStore(link, file, 'old');
    await later.store.loadAuthority();
    expect((await later.store.agents('', 10)).map(({ agentId }) => agentId)).toEqual(['helper_agent_001']);
    for (const name of ['other_agent_001', 'mallory_agent_001', 'broken_agent_001']) {
      await expect(later.store.agent(name)).rejects.toMatchObject({ code: 'storage_failed' });
    }
    store.close();
    later.store.close();
  });

  test('are not taken over again in a group that has its own, whatever the operator says', async () => {
    const file = join(folder, 'again.pem');
    const authority = await makeAuthority();
    await openAuthorityFile(file).keepAuthority(authority);
    const text = await certified('helper_agent_001', authority);
    const kv = await new Kvm(jetstream(link.connection)).create('again_controller', {
      history: 1,
      allow_direct: false,
    });
    await kv.put('authority', toHex(authority.certificate));
    await kv.put('agents.helper_agent_001', text);
    const first = openTestStore(link, file, 'again', { adoptGroup: true });
    await first.store.loadAuthority();
    await first.store.updateAgent('helper_agent_001', (current) => {
      if (current === undefined) throw new TypeError('not adopted');
      return { ...current, revoked: { at: now, reason: 'keyCompromise' } };
    });
    first.store.close();
    await kv.put('authority', toHex(authority.certificate));
    await kv.put('agents.helper_agent_001', text);
    const second = openTestStore(link, file, 'again', { adoptGroup: true });
    await second.store.loadAuthority();
    await expect(second.store.agent('helper_agent_001')).rejects.toMatchObject({ code: 'storage_failed' });
    expect(second.told.forged).toEqual(['authority', 'agents.helper_agent_001']);
    second.store.close();
  });

  test('are taken over to the end when the first try was stopped halfway', async () => {
    const file = join(folder, 'halfway.pem');
    const authority = await makeAuthority();
    await openAuthorityFile(file).keepAuthority(authority);
    const kv = await new Kvm(jetstream(link.connection)).create('half_controller', { history: 1, allow_direct: false });
    await kv.put('authority', toHex(authority.certificate));
    const all = ['agent_a', 'agent_b', 'agent_c'];
    for (const name of all) await kv.put(`agents.${name}`, await certified(name, authority));
    const own = await openAuthorityFile(file).loadAuthority();
    const key = await openAuthorityFile(file).groupKey();
    if (own === undefined || key === undefined) throw new TypeError('no CA');
    const nothing = () => undefined;
    const listener = { changed: nothing, forged: nothing, whole: nothing, failed: nothing };
    const records = await SealedRecords.open(link, 'half_controller', new Seal(key), listener);
    let written = 0;
    const stopping = {
      ...halfOf(records),
      renew: async (...[name, change]: Parameters<SealedRecords['renew']>) => {
        written += 1;
        if (written > 3) throw new TypeError('stopped');
        return records.renew(name, change);
      },
    };
    await expect(pinAuthority(stopping, own, { newGroup: false, adoptGroup: true })).rejects.toThrow('stopped');
    records.close();
    await expect(openTestStore(link, file, 'half').store.loadAuthority()).rejects.toThrow(/--adopt-group/);
    const { store } = openTestStore(link, file, 'half', { adoptGroup: true });
    await store.loadAuthority();
    expect((await store.agents('', 10)).map(({ agentId }) => agentId)).toEqual(all);
    store.close();
  });
});
