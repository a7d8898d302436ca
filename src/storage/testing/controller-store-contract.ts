import { describe, expect, test } from 'vitest';
import type { AgentRecord, ControllerStore, PendingRegistration, StoredAuthority } from '../../controller/store.ts';
import { isAgentId } from '../../protocol/ids.ts';

/** What every Controller's store must do. `open` gives an empty one, or the same one again under the same name. */
export function controllerStoreContract(open: (name: string) => Promise<ControllerStore>): void {
  let count = 0;
  const fresh = () => open(`contract-${++count}`);

  describe('the authority', () => {
    test('is the first one that was offered', async () => {
      const store = await fresh();
      expect(await store.loadAuthority()).toBeUndefined();
      const [first, second] = [await makeAuthority(store, 1), await makeAuthority(store, 2)];
      const kept = await Promise.all([store.keepAuthority(first), store.keepAuthority(second)]);
      expect(kept[0].certificate).toEqual(kept[1].certificate);
      expect((await store.loadAuthority())?.certificate).toEqual(kept[0].certificate);
    });

    test('still signs after it was stored', async () => {
      const store = await fresh();
      await store.keepAuthority(await makeAuthority(store, 1));
      const key = (await store.loadAuthority())?.signingKey;
      if (key === undefined) throw new Error('no authority');
      expect(key.extractable).toBe(false);
      const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, new Uint8Array(4));
      expect(signature.byteLength).toBe(64);
    });
  });

  describe('agents', () => {
    test('are changed in one step each, and listed by name', async () => {
      const store = await fresh();
      const names = ['traveller_agent_001', 'helper_agent_001'];
      for (const name of names) await store.updateAgent(name, () => makeRecord(name));
      const add = (serial: string) => (current: AgentRecord | undefined) => {
        const record = current ?? makeRecord('helper_agent_001');
        return { ...record, issued: [...record.issued, { serial, notAfter: 1 }] };
      };
      await Promise.all(['a', 'b', 'c'].map((serial) => store.updateAgent('helper_agent_001', add(serial))));
      expect((await store.agent('helper_agent_001'))?.issued.map(({ serial }) => serial).sort()).toEqual([
        'a',
        'b',
        'c',
      ]);
      expect((await store.agents()).map(({ agentId }) => agentId)).toEqual([...names].sort());
      expect(await store.agent('nobody')).toBeUndefined();
    });

    test('stay as they are when the change refuses', async () => {
      const store = await fresh();
      const record = makeRecord('helper_agent_001');
      await store.updateAgent('helper_agent_001', () => record);
      const refusing = store.updateAgent('helper_agent_001', () => {
        throw new RangeError('not this one');
      });
      await expect(refusing).rejects.toThrow();
      expect(await store.agent('helper_agent_001')).toEqual(record);
    });

    test('keep their revocation', async () => {
      const store = await fresh();
      const revoked = { at: 5, reason: 'keyCompromise' } as const;
      await store.updateAgent('helper_agent_001', () => ({ ...makeRecord('helper_agent_001'), revoked }));
      expect((await store.agent('helper_agent_001'))?.revoked).toEqual(revoked);
    });
  });

  describe('registrations', () => {
    test('are taken once', async () => {
      const store = await fresh();
      const pending = makePending('one', 60);
      await store.addRegistration(pending);
      const taken = await Promise.all([store.takeRegistration('one'), store.takeRegistration('one')]);
      expect(taken.filter((found) => found !== undefined)).toEqual([pending]);
      expect(await store.takeRegistration('two')).toBeUndefined();
    });

    test('are dropped when their time is over', async () => {
      const store = await fresh();
      await store.addRegistration(makePending('old', 59));
      await store.addRegistration(makePending('new', 60));
      expect(await store.dropRegistrations(60)).toBe(1);
      expect(await store.takeRegistration('old')).toBeUndefined();
      expect(await store.takeRegistration('new')).toBeDefined();
    });
  });

  describe('lists', () => {
    test('have numbers that nobody gets twice', async () => {
      const store = await fresh();
      const numbers = await Promise.all(Array.from({ length: 5 }, () => store.nextListNumber()));
      expect([...numbers].sort()).toEqual([1, 2, 3, 4, 5]);
    });

    test('never go back to a lower number', async () => {
      const store = await fresh();
      expect(await store.loadList()).toBeUndefined();
      const list = (number: number) => ({ number, der: Uint8Array.of(number), thisUpdate: 1, nextUpdate: 2 });
      await store.keepList(list(2));
      await store.keepList(list(1));
      expect(await store.loadList()).toEqual(list(2));
      await store.keepList(list(3));
      expect(await store.loadList()).toEqual(list(3));
    });
  });
}

async function makeAuthority({ keepsKeyAsFile }: ControllerStore, mark: number): Promise<StoredAuthority> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const keys = await crypto.subtle.generateKey(algorithm, keepsKeyAsFile, ['sign', 'verify']);
  return { signingKey: keys.privateKey, certificate: Uint8Array.of(mark) };
}

function makeRecord(name: string): AgentRecord {
  if (!isAgentId(name)) throw new RangeError(name);
  return {
    agentId: name,
    address: 'https://localhost:5001',
    signingSpki: Uint8Array.of(1, 2, 3),
    certificates: { signing: Uint8Array.of(4), encryption: Uint8Array.of(5) },
    issued: [],
  };
}

function makePending(id: string, expiresAt: number): PendingRegistration {
  const { agentId, address, signingSpki } = makeRecord('helper_agent_001');
  const empty = new Uint8Array(0);
  return { id, agentId, address, signingSpki, encryptionSpki: empty, responseHash: empty, expiresAt };
}
