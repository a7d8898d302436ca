import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCertificateRequest } from '../pki/certificate-request.ts';
import { describeCertificate } from '../pki/describe.ts';
import { readRevocationList } from '../pki/revocation-list.ts';
import { createCertificateVerifier } from '../pki/verifier.ts';
import { concat } from '../protocol/bytes.ts';
import { signPss } from '../protocol/crypto/signatures.ts';
import { ParleyError } from '../protocol/errors.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { canonicalBytes } from '../protocol/wire/canonical.ts';
import { label } from '../protocol/wire/label.ts';
import { createMemoryControllerStore } from '../storage/memory/controller-store.ts';
import { storedCertificate } from './certificate-hash.ts';
import { createController, type FetchApp } from './controller.ts';
import type { ControllerStore } from './store.ts';
import { codeOf, confirm, get, post, register, start } from './testing/client.ts';
import { baseUrl, makeRegistrant, type Registrant, registration, spkiOf } from './testing/registrant.ts';

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const address = 'https://localhost:5001';
let helper: Registrant;
let impostor: Registrant;
let now = 1_790_000_000;
let store: ControllerStore;
let controller: FetchApp;

function makeController(over: ControllerStore): FetchApp {
  return createController({
    store: over,
    clock: () => now * 1000,
    random,
    baseUrl,
    presence: async (agent) => agent.address === address,
    operatorToken: 'correct-horse',
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
    const second = await register(controller, { ...helper, address: 'https://localhost:5077' });
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
    const body = await registration(helper);
    const foreign = encodeBase64(
      await createCertificateRequest({
        agentId: 'helper_agent_001',
        signingKeys: { publicKey: helper.signing.publicKey, privateKey: impostor.signing.privateKey },
      }),
    );
    const refused = await post(controller, '/controller/register', { ...body, csr: foreign });
    expect(await codeOf(refused)).toBe('malformed_message');
  });

  test.each([
    ['another name in the csr', 'identity_mismatch', { agent_id: 'someone_else' }],
    ['an agent_id that is none', 'malformed_message', { agent_id: 'Helper' }],
    ['an address with a path that ends in a slash', 'malformed_message', { address: 'https://localhost:5001/' }],
    ['an address that is no http address', 'malformed_message', { address: 'file:///etc/passwd' }],
    ['an address with credentials', 'malformed_message', { address: 'https://a:b@localhost:5001' }],
    ['a csr that is none', 'malformed_message', { csr: 'AAAA' }],
    ['an encryption key that is none', 'malformed_message', { encryption_key: 'AAAA' }],
    ['a member too many', 'malformed_message', { extra: true }],
  ])('refuses %s', async (_, code, change) => {
    const response = await post(controller, '/controller/register', { ...(await registration(helper)), ...change });
    expect(await codeOf(response)).toBe(code);
  });

  test('refuses one key for both uses', async () => {
    const encryption_key = encodeBase64(await spkiOf(helper.signing));
    const body = { ...(await registration(helper)), encryption_key };
    expect(await codeOf(await post(controller, '/controller/register', body))).toBe('malformed_message');
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

describe('revocation', () => {
  async function signedRevocation(by: Registrant, timestamp = now) {
    const statement = { agent_id: 'helper_agent_001', reason: 'keyCompromise', timestamp };
    const signed = concat(label('revoke'), canonicalBytes(statement));
    return { ...statement, signature: encodeBase64(await signPss(crypto.subtle, by.signing.privateKey, signed)) };
  }
  const byOperator = { agent_id: 'helper_agent_001', reason: 'left the company', timestamp: 0 };

  test('by the agent’s own signature is on the next CRL, and the name is gone for good', async () => {
    const { certificates, caCertificate } = await register(controller, helper);
    const before = await currentList(caCertificate);
    expect((await post(controller, '/controller/revoke', await signedRevocation(helper))).status).toBe(200);
    const after = await currentList(caCertificate);
    expect(after.number).toBeGreaterThan(before.number);
    for (const der of [certificates.signing, certificates.encryption]) {
      expect(after.lists((await describeCertificate(der)).serial)).toBe(true);
    }
    const verify = createCertificateVerifier({ caCertificate, revocation: () => after });
    await expect(verify(certificates, now)).rejects.toThrow(/certificate_revoked/);
    expect(await (await get(controller, '/controller/agents/helper_agent_001')).json()).toMatchObject({
      status: 'revoked',
      online: false,
    });
    expect(await codeOf(await post(controller, '/controller/register', await registration(helper)))).toBe(
      'certificate_revoked',
    );
  });

  test('by the operator’s token reaches every certificate the agent ever had', async () => {
    const first = await register(controller, helper);
    const second = await register(controller, helper);
    const shown = { authorization: 'Bearer correct-horse' };
    expect((await post(controller, '/controller/revoke', byOperator, shown)).status).toBe(200);
    const list = await currentList(first.caCertificate);
    for (const { certificates } of [first, second]) {
      expect(list.lists((await describeCertificate(certificates.signing)).serial)).toBe(true);
    }
  });

  test.each([
    ['the wrong token', 'Bearer wrong-horse'],
    ['an empty token', 'Bearer '],
  ])('with %s is not authorized', async (_, authorization) => {
    await register(controller, helper);
    const shown = await post(controller, '/controller/revoke', byOperator, { authorization });
    expect(await codeOf(shown)).toBe('not_authorized');
    expect(await codeOf(await post(controller, '/controller/revoke', byOperator))).toBe('not_authorized');
  });

  test('by another’s signature, or an old one, is refused', async () => {
    const { caCertificate, certificates } = await register(controller, helper);
    const foreign = await post(controller, '/controller/revoke', await signedRevocation(impostor));
    expect(await codeOf(foreign)).toBe('signature_invalid');
    const stale = await post(controller, '/controller/revoke', await signedRevocation(helper, now - 301));
    expect(await codeOf(stale)).toBe('stale_timestamp');
    const list = await currentList(caCertificate);
    expect(list.lists((await describeCertificate(certificates.signing)).serial)).toBe(false);
  });

  test('of an agent nobody knows is 404', async () => {
    expect(await codeOf(await post(controller, '/controller/revoke', byOperator))).toBe('unknown_agent');
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
