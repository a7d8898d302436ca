import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCertificateRequest } from '../pki/certificate-request.ts';
import { describeCertificate } from '../pki/describe.ts';
import { readRevocationList } from '../pki/revocation-list.ts';
import { createCertificateVerifier } from '../pki/verifier.ts';
import { ParleyError } from '../protocol/errors.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { createMemoryControllerStore } from '../storage/memory/controller-store.ts';
import { storedCertificate } from './certificate-hash.ts';
import { type ControllerOptions, createController, type FetchApp } from './controller.ts';
import type { ControllerStore } from './store.ts';
import { codeOf, confirm, get, post, register, start } from './testing/client.ts';
import { baseUrl, makeRegistrant, type Registrant, registration, signedBy, spkiOf } from './testing/registrant.ts';

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const address = 'https://localhost:5001';
let helper: Registrant;
let impostor: Registrant;
let now = 1_790_000_000;
let store: ControllerStore;
let controller: FetchApp;

function makeController(over: ControllerStore, more: Partial<ControllerOptions> = {}): FetchApp {
  return createController({
    store: over,
    clock: () => now * 1000,
    random,
    baseUrl,
    presence: async (agent) => agent.address === address,
    operatorToken: 'correct-horse',
    ...more,
  });
}

beforeAll(async () => {
  helper = await makeRegistrant('helper_agent_001', address);
  impostor = await makeRegistrant('helper_agent_001', address);
});
beforeEach(() => {
  now = 1_790_000_000;
  store = createMemoryControllerStore();
  controller = makeController(store);
});

async function currentList(caCertificate: Uint8Array<ArrayBuffer>) {
  const response = await get(controller, '/controller/crl');
  expect(response.headers.get('content-type')).toBe('application/pkix-crl');
  return readRevocationList(new Uint8Array(await response.arrayBuffer()), caCertificate, now);
}

describe('registration', () => {
  test('gives two certificates that the certificate check accepts', async () => {
    const { certificates, caCertificate } = await register(controller, helper);
    const list = await currentList(caCertificate);
    const peer = await createCertificateVerifier({ caCertificate, revocation: () => list })(certificates, now);
    expect(peer).toMatchObject({ agentId: 'helper_agent_001', address });
    expect(peer.signingSpki).toEqual(await spkiOf(helper.signing));
    const { notBefore, notAfter } = await describeCertificate(certificates.signing);
    expect(notBefore).toBe(now - 300);
    expect(notAfter).toBe(now + 30 * 86_400);
  });

  test('lists the agent in the directory, online as somebody says', async () => {
    const { certificates } = await register(controller, helper);
    const entry = {
      agent_id: 'helper_agent_001',
      address,
      certificate: {
        signing: encodeBase64(certificates.signing),
        encryption: encodeBase64(certificates.encryption),
      },
      status: 'active',
      online: true,
    };
    expect(await (await get(controller, '/controller/agents')).json()).toEqual({ agents: [entry] });
    expect(await (await get(controller, '/controller/agents/helper_agent_001')).json()).toEqual(entry);
  });

  test('renews for the same key, with fresh certificates', async () => {
    const first = await register(controller, helper);
    now += 86_400;
    const second = await register(controller, { ...helper, address: 'https://localhost:5077' }, { timestamp: now });
    expect(second.certificates.signing).not.toEqual(first.certificates.signing);
    expect(second.caCertificate).toEqual(first.caCertificate);
    expect((await describeCertificate(second.certificates.signing)).address).toBe('https://localhost:5077');
  });

  test('keeps four pairs: a renewal revokes the oldest as superseded, which goes on being known by its hash', async () => {
    const all = [];
    for (let times = 0; times < 6; times += 1) all.push((await register(controller, helper)).certificates);
    const { caCertificate } = await register(controller, await makeRegistrant('another_agent', address));
    const list = await currentList(caCertificate);
    const listed = await Promise.all(
      all.map(async ({ signing, encryption }) => [
        list.lists((await describeCertificate(signing)).serial),
        list.lists((await describeCertificate(encryption)).serial),
      ]),
    );
    expect(listed).toEqual([...Array(2).fill([true, true]), ...Array(4).fill([false, false])]);
    for (const der of all.flatMap(({ signing, encryption }) => [signing, encryption])) {
      const { hash } = await storedCertificate(der);
      const response = await get(controller, `/controller/certificates/${hash}`);
      expect(response.headers.get('content-type')).toBe('application/pkix-cert');
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(der);
    }
  });

  test('puts what it supersedes on the list at once, also when a second passes meanwhile', async () => {
    const clock = () => {
      now += 1;
      return now * 1_000;
    };
    const ticking = makeController(store, { clock });
    const first = await register(ticking, helper, { timestamp: now });
    await get(ticking, '/controller/crl');
    for (let times = 0; times < 4; times += 1) await register(ticking, helper, { timestamp: now });
    controller = ticking;
    const list = await currentList(first.caCertificate);
    expect(list.lists((await describeCertificate(first.certificates.signing)).serial)).toBe(true);
  });

  test.each(['A'.repeat(43), 'A', `${'A'.repeat(42)}%2B`])('knows no certificate %s', async (hash) => {
    expect(await codeOf(await get(controller, `/controller/certificates/${hash}`))).toBe('unknown_certificate');
  });

  test('refuses another key for the same agent_id, also when both registered at once', async () => {
    const [one, two] = await Promise.all([start(controller, helper), start(controller, impostor)]);
    expect((await confirm(controller, helper, one)).status).toBe(201);
    expect(await codeOf(await confirm(controller, impostor, two))).toBe('agent_id_taken');
    expect(await codeOf(await post(controller, '/controller/register', await registration(impostor)))).toBe(
      'agent_id_taken',
    );
  });

  test('needs the proof of the encryption key, and gives one try', async () => {
    const begun = await start(controller, helper);
    const path = `/controller/register/${begun.registration_id}/confirm`;
    const wrong = await post(controller, path, { challenge_response: encodeBase64(random(32)) });
    expect(await codeOf(wrong)).toBe('challenge_failed');
    expect(await codeOf(await confirm(controller, helper, begun))).toBe('unknown_registration');
    expect(await codeOf(await get(controller, '/controller/agents/helper_agent_001'))).toBe('unknown_agent');
  });

  test('ends after a minute', async () => {
    const begun = await start(controller, helper);
    now += 61;
    expect(await codeOf(await confirm(controller, helper, begun))).toBe('unknown_registration');
  });

  test('needs the proof of the signing key', async () => {
    const { signature: _, ...body } = await registration(helper);
    const csr = encodeBase64(
      await createCertificateRequest({
        agentId: 'helper_agent_001',
        signingKeys: { publicKey: helper.signing.publicKey, privateKey: impostor.signing.privateKey },
      }),
    );
    const refused = await post(
      controller,
      '/controller/register',
      await signedBy(helper, 'register', { ...body, csr }),
    );
    expect(await codeOf(refused)).toBe('malformed_message');
  });

  test.each([
    ['agent_id', 'someone_else', 'identity_mismatch'],
    ['address', 'https://attacker.example', 'signature_invalid'],
    ['encryption_key', undefined, 'signature_invalid'],
    ['timestamp', 1_790_000_001, 'signature_invalid'],
    ['signature', encodeBase64(new Uint8Array(256)), 'signature_invalid'],
  ])('whose %s another has changed is refused', async (member, value, code) => {
    const changed = value ?? encodeBase64(await spkiOf(impostor.encryption));
    const body = { ...(await registration(helper)), [member]: changed };
    expect(await codeOf(await post(controller, '/controller/register', body))).toBe(code);
  });

  test('that is recorded and sent again is refused, and the one under way goes on', async () => {
    const body = await registration(helper);
    const begun = await post(controller, '/controller/register', body);
    expect(begun.status).toBe(201);
    for (const replay of [body, { ...body, csr: 'AAAA' }]) {
      expect(await codeOf(await post(controller, '/controller/register', replay))).toBe('replayed_nonce');
    }
    expect((await confirm(controller, helper, await begun.json())).status).toBe(201);
    now += 300;
    expect(await codeOf(await post(controller, '/controller/register', body))).toBe('replayed_nonce');
    now += 1;
    expect(await codeOf(await post(controller, '/controller/register', body))).toBe('stale_timestamp');
  });

  test('for another Controller, or not of now, is refused', async () => {
    for (const name of ['https://other.test', `${baseUrl}/`, 'controller.test']) {
      const response = await post(controller, '/controller/register', await registration(helper, { controller: name }));
      expect(response.status).toBe(421);
      expect(await codeOf(response)).toBe('wrong_recipient');
    }
    for (const timestamp of [now - 301, now + 301]) {
      const stale = await post(controller, '/controller/register', await registration(helper, { timestamp }));
      expect(await stale.clone().json()).toMatchObject({ now });
      expect(await codeOf(stale)).toBe('stale_timestamp');
    }
    expect((await post(controller, '/controller/register', await registration(helper))).status).toBe(201);
  });

  test('takes the place of one of the same key', async () => {
    const first = await start(controller, helper);
    const second = await start(controller, helper);
    expect(await codeOf(await confirm(controller, helper, first))).toBe('unknown_registration');
    expect((await confirm(controller, helper, second)).status).toBe(201);
  });

  test.each([
    ['an agent_id that is none', 'malformed_message', { agent_id: 'Helper' }],
    ['an address with a path that ends in a slash', 'malformed_message', { address: 'https://localhost:5001/' }],
    ['an address that is no http address', 'malformed_message', { address: 'file:///etc/passwd' }],
    ['an address with credentials', 'malformed_message', { address: 'https://a:b@localhost:5001' }],
    ['a csr that is none', 'malformed_message', { csr: 'AAAA' }],
    ['an encryption key that is none', 'malformed_message', { encryption_key: 'AAAA' }],
    ['a time that is none', 'malformed_message', { timestamp: 1.5 }],
    ['a Controller that is none', 'malformed_message', { controller: 7 }],
    ['a member too many', 'malformed_message', { extra: true }],
  ])('refuses %s', async (_case, code, change) => {
    const { signature: _, ...body } = await registration(helper);
    const response = await post(
      controller,
      '/controller/register',
      await signedBy(helper, 'register', { ...body, ...change }),
    );
    expect(await codeOf(response)).toBe(code);
  });

  test('refuses one key for both uses', async () => {
    const encryption_key = encodeBase64(await spkiOf(helper.signing));
    const { signature: _, ...body } = await registration(helper);
    const same = await signedBy(helper, 'register', { ...body, encryption_key });
    expect(await codeOf(await post(controller, '/controller/register', same))).toBe('malformed_message');
  });

  test('refuses keys that are too small', async () => {
    const small = await makeRegistrant('small_agent', address, 1_024);
    expect(await codeOf(await post(controller, '/controller/register', await registration(small)))).toBe(
      'malformed_message',
    );
  });

  test('refuses a body over 32 KiB before it is read as JSON', async () => {
    expect(await codeOf(await post(controller, '/controller/register', ' '.repeat(32 * 1024 + 1)))).toBe(
      'message_too_large',
    );
  });
});

describe('the CRL', () => {
  test('is kept for half its life and renewed then', async () => {
    const { caCertificate } = await register(controller, helper);
    const first = await currentList(caCertificate);
    expect(first.nextUpdate - first.thisUpdate).toBe(3_600);
    now += 1_799;
    expect((await currentList(caCertificate)).number).toBe(first.number);
    now += 1;
    expect((await currentList(caCertificate)).number).toBe(first.number + 1);
  });

  test('of another CA is not accepted', async () => {
    await register(controller, helper);
    const other = makeController(createMemoryControllerStore());
    const { caCertificate } = await register(other, impostor);
    await expect(currentList(caCertificate)).rejects.toThrow(ParleyError);
  });
});

describe('the CA', () => {
  test('is one when two Controllers start over one store at the same instant', async () => {
    const [one, two] = [makeController(store), makeController(store)];
    const [a, b] = await Promise.all([get(one, '/controller/ca'), get(two, '/controller/ca')]);
    const pem = await a.text();
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(await b.text()).toBe(pem);
  });

  test('has a key that cannot be taken out', async () => {
    await get(controller, '/controller/ca');
    expect((await store.loadAuthority())?.signingKey.extractable).toBe(false);
  });
});

test('what the Controller does not have is a problem that says so', async () => {
  expect(await codeOf(await get(controller, '/controller/elsewhere'))).toBe('not_found');
  expect(await codeOf(await post(controller, '/controller/register', 'not json'))).toBe('malformed_message');
});
