import { beforeEach, describe, expect, test } from 'vitest';
import { isAgentId } from '../protocol/ids.ts';
import { createMemoryControllerStore } from '../storage/memory/controller-store.ts';
import { createController, type FetchApp } from './controller.ts';
import type { ControllerStore } from './store.ts';
import { codeOf, get } from './testing/client.ts';
import { baseUrl } from './testing/registrant.ts';

let store: ControllerStore;
let controller: FetchApp;
let online: Set<string>;

beforeEach(() => {
  store = createMemoryControllerStore();
  online = new Set();
  controller = createController({
    store,
    clock: () => 1_790_000_000_000,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    baseUrl,
    presence: async ({ agentId }) => online.has(agentId),
  });
});

async function add(name: string): Promise<void> {
  if (!isAgentId(name)) throw new RangeError(name);
  const certificates = { signing: Uint8Array.of(4), encryption: Uint8Array.of(5) };
  const record = { agentId: name, address: 'https://localhost:5001', signingSpki: Uint8Array.of(1), certificates };
  await store.updateAgent(name, () => ({ ...record, issued: [] }));
}

async function page(query: string): Promise<{ names: string[]; next: string | undefined }> {
  const { agents, next } = await (await get(controller, `/controller/agents${query}`)).json();
  return { names: agents.map(({ agent_id }: { agent_id: string }) => agent_id), next };
}

const name = (i: number) => `agent_${String(i).padStart(4, '0')}`;

describe('the directory', () => {
  test('comes in pages of 100, or as many as are asked for, of 500 at most', async () => {
    for (let i = 0; i < 620; i++) await add(name(i));
    const first = await page('');
    expect(first.names).toEqual(Array.from({ length: 100 }, (_, i) => name(i)));
    expect(first.next).toBe(name(99));
    expect((await page('?limit=10000')).names.length).toBe(500);
    expect(await page(`?after=${name(617)}&limit=2`)).toEqual({ names: [name(618), name(619)], next: undefined });
    expect(await page(`?after=${name(616)}&limit=2`)).toEqual({ names: [name(617), name(618)], next: name(618) });
  });

  test('goes on after a name that nobody has', async () => {
    await add('agent_a');
    await add('agent_c');
    expect((await page('?after=agent_b')).names).toEqual(['agent_c']);
    expect(await page('?after=zzz')).toEqual({ names: [], next: undefined });
  });

  test.each(['?limit=0', '?limit=-1', '?limit=1.5', '?limit=', '?limit=ten', '?after=%00', '?after=A%27'])(
    'refuses %s',
    async (query) => {
      expect(await codeOf(await get(controller, `/controller/agents${query}`))).toBe('malformed_message');
    },
  );

  test('has an ETag that only registrations and revocations change', async () => {
    await add('agent_a');
    const ask = (etag: string) =>
      controller.fetch(new Request(`${baseUrl}/controller/agents`, { headers: { 'if-none-match': etag } }));
    const etag = (await get(controller, '/controller/agents')).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    online.add('agent_a');
    const unchanged = await ask(etag);
    expect([unchanged.status, unchanged.headers.get('etag'), await unchanged.text()]).toEqual([304, etag, '']);
    expect((await ask(`W/${etag}, "other"`)).status).toBe(304);
    expect((await ask('"other"')).status).toBe(200);
    await add('agent_b');
    const changed = await ask(etag);
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(etag);
  });
});
