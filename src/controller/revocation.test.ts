import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { describeCertificate } from '../pki/describe.ts';
import { readRevocationList } from '../pki/revocation-list.ts';
import { createCertificateVerifier } from '../pki/verifier.ts';
import { ParleyError } from '../protocol/errors.ts';
import { createMemoryControllerStore } from '../storage/memory/controller-store.ts';
import { type ControllerOptions, createController, type FetchApp } from './controller.ts';
import { createEventHub } from './events.ts';
import type { ControllerStore } from './store.ts';
import { codeOf, get, post, register } from './testing/client.ts';
import { baseUrl, makeRegistrant, type Registrant, registration, signedBy } from './testing/registrant.ts';

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

describe('revocation', () => {
  const signedRevocation = (by: Registrant, timestamp = now, controller = baseUrl) =>
    signedBy(by, 'revoke', { agent_id: 'helper_agent_001', controller, reason: 'keyCompromise', timestamp });
  const shown = { authorization: 'Bearer correct-horse' };
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
    const refused = await post(controller, '/controller/revoke', byOperator, { authorization });
    expect(await codeOf(refused)).toBe('not_authorized');
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
    expect(await codeOf(await post(controller, '/controller/revoke', byOperator, shown))).toBe('unknown_agent');
    expect(await codeOf(await post(controller, '/controller/revoke', byOperator))).toBe('not_authorized');
  });

  test('for another Controller is refused, also by the operator', async () => {
    await register(controller, helper);
    const elsewhere = await signedRevocation(helper, now, 'https://other.test');
    expect(await codeOf(await post(controller, '/controller/revoke', elsewhere))).toBe('wrong_recipient');
    const { signature: _, ...unsigned } = elsewhere;
    expect(await codeOf(await post(controller, '/controller/revoke', unsigned, shown))).toBe('wrong_recipient');
    const { controller: _name, ...nameless } = await signedRevocation(helper);
    expect(await codeOf(await post(controller, '/controller/revoke', nameless))).toBe('malformed_message');
  });

  test('that changes nothing is answered at once, and makes no list and no event', async () => {
    const { caCertificate } = await register(controller, helper);
    const events = createEventHub();
    const heard = vi.fn();
    events.subscribe(heard);
    const told = makeController(store, { events });
    const revocation = await signedRevocation(helper);
    const answers = await Promise.all([1, 2, 3].map(() => post(told, '/controller/revoke', revocation)));
    const { number } = await currentList(caCertificate);
    for (let times = 0; times < 20; times += 1) answers.push(await post(told, '/controller/revoke', revocation));
    answers.push(await post(told, '/controller/revoke', { ...byOperator, controller: baseUrl }, shown));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({ agent_id: 'helper_agent_001', status: 'revoked' });
    }
    expect(heard).toHaveBeenCalledTimes(1);
    expect((await currentList(caCertificate)).number).toBe(number);
  });

  test('whose list could not be signed is done when it is repeated, and told then', async () => {
    const { certificates, caCertificate } = await register(controller, helper);
    await currentList(caCertificate);
    const events = createEventHub();
    const heard = vi.fn();
    events.subscribe(heard);
    let isFull = true;
    const full = async () => {
      throw new ParleyError('storage_full', 'There is no room left.');
    };
    const failing = makeController(
      { ...store, keepList: (list) => (isFull ? full() : store.keepList(list)) },
      { events },
    );
    await get(failing, '/controller/crl');
    const { serial } = await describeCertificate(certificates.signing);
    for (let times = 0; times < 2; times += 1) {
      expect(await codeOf(await post(failing, '/controller/revoke', byOperator, shown))).toBe('unavailable');
      expect(await codeOf(await get(failing, '/controller/crl'))).toBe('unavailable');
    }
    expect(heard).not.toHaveBeenCalled();
    isFull = false;
    expect((await post(failing, '/controller/revoke', byOperator, shown)).status).toBe(200);
    expect((await currentList(caCertificate)).lists(serial)).toBe(true);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test('that is repeated while its list is being signed waits for that list, and makes no other', async () => {
    const { certificates, caCertificate } = await register(controller, helper);
    const { number } = await currentList(caCertificate);
    const { serial } = await describeCertificate(certificates.signing);
    const { promise: mayKeep, resolve: keepNow } = Promise.withResolvers<void>();
    const { promise: isKeeping, resolve: keeping } = Promise.withResolvers<void>();
    controller = makeController({
      ...store,
      keepList: async (list) => {
        keeping();
        await mayKeep;
        await store.keepList(list);
      },
    });
    const revoke = () => post(controller, '/controller/revoke', byOperator, shown);
    const first = revoke();
    await isKeeping;
    const listed: boolean[] = [];
    const repeated = [revoke(), revoke()].map(async (answer) => {
      const { status } = await answer;
      const list = await store.loadList();
      listed.push(list !== undefined && (await readRevocationList(list.der, caCertificate, now)).lists(serial));
      return status;
    });
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(listed).toEqual([]);
    keepNow();
    expect([(await first).status, ...(await Promise.all(repeated))]).toEqual([200, 200, 200]);
    expect(listed).toEqual([true, true]);
    expect((await currentList(caCertificate)).number).toBe(number + 1);
  });

  test('that another server has stored and not yet listed is on a list when it is repeated', async () => {
    const { certificates, caCertificate } = await register(controller, helper);
    await currentList(caCertificate);
    const { serial } = await describeCertificate(certificates.signing);
    now += 5;
    await store.updateAgent('helper_agent_001', (current) => {
      if (current === undefined) throw new TypeError('not registered');
      return { ...current, revoked: { at: now, reason: 'keyCompromise' } };
    });
    expect((await post(controller, '/controller/revoke', byOperator, shown)).status).toBe(200);
    const list = await store.loadList();
    if (list === undefined) throw new TypeError('no list');
    expect((await readRevocationList(list.der, caCertificate, now)).lists(serial)).toBe(true);
  });

  test('that a crash has kept from the list is on it after the restart', async () => {
    const { certificates, caCertificate } = await register(controller, helper);
    const { number } = await currentList(caCertificate);
    const { serial } = await describeCertificate(certificates.signing);
    now += 5;
    await store.updateAgent('helper_agent_001', (current) => {
      if (current === undefined) throw new TypeError('not registered');
      return { ...current, revoked: { at: now, reason: 'keyCompromise' } };
    });
    now += 1;
    controller = makeController(store);
    const after = await currentList(caCertificate);
    expect([after.number, after.lists(serial)]).toEqual([number + 1, true]);
    now += 5;
    controller = makeController(store);
    expect((await currentList(caCertificate)).number).toBe(number + 1);
  });

  test('of many agents at once signs two lists at most', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `agent_${i}`);
    const { caCertificate } = await register(controller, helper);
    for (const agentId of names) await register(controller, { ...helper, agentId });
    const { number } = await currentList(caCertificate);
    await Promise.all(
      names.map((agent_id) => post(controller, '/controller/revoke', { ...byOperator, agent_id }, shown)),
    );
    const list = await currentList(caCertificate);
    expect(list.number).toBeLessThanOrEqual(number + 2);
    const serials = (await store.revokedSerials(now)).map(({ serial }) => list.lists(serial));
    expect(serials).toEqual(Array(2 * names.length).fill(true));
  });
});
