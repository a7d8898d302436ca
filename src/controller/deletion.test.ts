import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeCertificate } from '../pki/describe.ts';
import { readRevocationList } from '../pki/revocation-list.ts';
import { ParleyError } from '../protocol/errors.ts';
import { createMemoryControllerStore } from '../storage/memory/controller-store.ts';
import { type ControllerOptions, createController, type FetchApp } from './controller.ts';
import type { ControllerStore } from './store.ts';
import { codeOf, get, post, register } from './testing/client.ts';
import { baseUrl, makeRegistrant, type Registrant, signedBy } from './testing/registrant.ts';

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

describe('a name that the operator deletes', () => {
  const remove = (authorization: string, agentId = 'helper_agent_001') =>
    controller.fetch(
      new Request(`${baseUrl}/controller/agents/${agentId}`, { method: 'DELETE', headers: { authorization } }),
    );

  test('is free for another key, and its certificates stay on the list until 31 days after they expire', async () => {
    const { certificates, caCertificate } = await register(controller, helper);
    const { serial } = await describeCertificate(certificates.signing);
    const answer = await remove('Bearer correct-horse');
    expect(await answer.json()).toEqual({ agent_id: 'helper_agent_001', status: 'deleted' });
    expect(await codeOf(await get(controller, '/controller/agents/helper_agent_001'))).toBe('unknown_agent');
    expect(await codeOf(await remove('Bearer correct-horse'))).toBe('unknown_agent');
    await register(controller, impostor);
    expect((await currentList(caCertificate)).lists(serial)).toBe(true);
    now += 61 * 86_400;
    expect((await currentList(caCertificate)).lists(serial)).toBe(true);
    now += 3_600;
    expect((await currentList(caCertificate)).lists(serial)).toBe(false);
  });

  test('whose list could not be signed is on the next list that somebody asks for', async () => {
    const { certificates, caCertificate } = await register(controller, helper);
    const { serial } = await describeCertificate(certificates.signing);
    await currentList(caCertificate);
    let isFull = true;
    const full = async () => {
      throw new ParleyError('storage_full', 'There is no room left.');
    };
    controller = makeController({ ...store, keepList: (list) => (isFull ? full() : store.keepList(list)) });
    expect(await codeOf(await remove('Bearer correct-horse'))).toBe('unavailable');
    isFull = false;
    expect((await currentList(caCertificate)).lists(serial)).toBe(true);
  });

  test('and that another key takes while its former one revokes stays the other’s', async () => {
    await register(controller, helper);
    const statement = { agent_id: 'helper_agent_001', controller: baseUrl, reason: 'keyCompromise', timestamp: now };
    const revocation = await signedBy(helper, 'revoke', statement);
    const slow = makeController({
      ...store,
      agent: async (agentId) => {
        const before = await store.agent(agentId);
        await remove('Bearer correct-horse');
        await register(controller, impostor);
        return before;
      },
    });
    expect(await codeOf(await post(slow, '/controller/revoke', revocation))).toBe('unknown_agent');
    const entry = await (await get(controller, '/controller/agents/helper_agent_001')).json();
    expect(entry).toMatchObject({ status: 'active' });
  });

  test('needs the operator’s token', async () => {
    await register(controller, helper);
    expect(await codeOf(await remove('Bearer wrong'))).toBe('not_authorized');
    expect((await get(controller, '/controller/agents/helper_agent_001')).status).toBe(200);
  });
});
