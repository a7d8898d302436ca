import { describe, expect, test } from 'vitest';
import type { AgentRecord, ControllerStore, PendingRegistration, StoredAuthority } from '../../controller/store.ts';
import { isAgentId } from '../../protocol/ids.ts';

/** What every Controller's store must do. `open` gives an empty one, or the same one again under the same name. */
export function controllerStoreContract(open: (name: string) => Promise<ControllerStore>): void {
  let count = 0;
  const empty = () => open(`contract-${++count}`);
  const fresh = async () => {
    const store = await empty();
    await store.keepAuthority(await makeAuthority(store, 1));
    return store;
  };

  describe('the authority', () => {
    test('is the first one that was offered', async () => {
      const store = await empty();
      expect(await store.loadAuthority()).toBeUndefined();
      const [first, second] = [await makeAuthority(store, 1), await makeAuthority(store, 2)];
      const kept = await Promise.all([store.keepAuthority(first), store.keepAuthority(second)]);
      expect(kept[0].certificate).toEqual(kept[1].certificate);
      expect((await store.loadAuthority())?.certificate).toEqual(kept[0].certificate);
    });

    test('still signs after it was stored', async () => {
      const store = await empty();
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
      expect((await store.agents('', 10)).map(({ agentId }) => agentId)).toEqual([...names].sort());
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

  describe('the directory', () => {
    test('has pages in order, also after a name that nobody has', async () => {
      const store = await fresh();
      const names = ['agent_a', 'agent_c', 'agent_b1', 'agent_b_2', 'agent_b10', 'agent_e'];
      for (const name of names) await store.updateAgent(name, () => makeRecord(name));
      const page = async (after: string, limit: number) =>
        (await store.agents(after, limit)).map(({ agentId }) => agentId);
      const inOrder = ['agent_a', 'agent_b10', 'agent_b1', 'agent_b_2', 'agent_c', 'agent_e'].sort();
      expect(await page('', 2)).toEqual(inOrder.slice(0, 2));
      expect(await page(inOrder[1] ?? '', 3)).toEqual(inOrder.slice(2, 5));
      expect(await page('agent_d', 10)).toEqual(['agent_e']);
      expect(await page('agent_e', 10)).toEqual([]);
    });

    test('counts the names of a key, and all', async () => {
      const store = await fresh();
      const other = Uint8Array.of(9);
      await store.updateAgent('agent_a', () => makeRecord('agent_a'));
      await store.updateAgent('agent_b', () => makeRecord('agent_b'));
      await store.updateAgent('agent_c', () => ({ ...makeRecord('agent_c'), signingSpki: other }));
      await store.updateAgent('agent_d', () => ({ ...makeRecord('agent_d'), signingSpki: other, deletedAt: 5 }));
      expect(await store.countAgents()).toBe(3);
      expect(await store.countAgents(makeRecord('agent_a').signingSpki)).toBe(2);
      expect(await store.countAgents(other)).toBe(1);
    });

    test('does not show a name that was deleted, and drops it a year after no list names its certificates', async () => {
      const store = await fresh();
      const revoked = { at: 5, reason: 'cessationOfOperation' } as const;
      const issued = [{ serial: 'a', notAfter: 100, revoked }];
      const until = 100 + 31 * 86_400;
      await store.updateAgent('agent_a', () => ({ ...makeRecord('agent_a'), issued, deletedAt: 5 }));
      expect(await store.agent('agent_a')).toBeUndefined();
      expect(await store.agents('', 10)).toEqual([]);
      await store.dropExpired(until);
      expect(await store.revokedSerials(until)).toEqual([
        { serial: 'a', revokedAt: 5, reason: 'cessationOfOperation' },
      ]);
      let seen: AgentRecord | undefined;
      const look = (current: AgentRecord | undefined) => {
        seen = current;
        return current ?? makeRecord('agent_a');
      };
      await store.updateAgent('agent_a', look);
      expect(seen?.deletedAt).toBe(5);
      await store.dropExpired(until + 366 * 86_400);
      await store.updateAgent('agent_a', look);
      expect(seen?.deletedAt).toBe(5);
      await store.dropExpired(until + 366 * 86_400 + 1);
      await store.updateAgent('agent_a', look);
      expect(seen).toBeUndefined();
    });

    test('says which serials are revoked, one by one or with their agent, for 31 days after they expire', async () => {
      const store = await fresh();
      const revoked = { at: 5, reason: 'keyCompromise' } as const;
      const superseded = { at: 4, reason: 'superseded' } as const;
      const issued = [
        { serial: 'a1', notAfter: 100, revoked: superseded },
        { serial: 'b2', notAfter: 200 },
      ];
      await store.updateAgent('agent_a', () => ({ ...makeRecord('agent_a'), issued }));
      expect(await store.revokedSerials(50)).toEqual([{ serial: 'a1', revokedAt: 4, reason: 'superseded' }]);
      await store.updateAgent('agent_a', (current) => ({ ...(current ?? makeRecord('agent_a')), revoked }));
      const both = ['a1', 'b2'].map((serial) => ({ serial, revokedAt: 5, reason: 'keyCompromise' }));
      expect(await store.revokedSerials(100 + 31 * 86_400)).toEqual(both);
      expect(await store.revokedSerials(101 + 31 * 86_400)).toEqual(both.slice(1));
      // The clock was a year ahead, and is right again.
      await store.dropExpired(50 + 365 * 86_400);
      expect(await store.revokedSerials(50)).toEqual(both);
    });

    test('keeps every certificate under its hash', async () => {
      const store = await fresh();
      const certificate = { hash: 'Aa-_0'.repeat(8), der: Uint8Array.of(1, 2, 3) };
      await store.keepCertificates([certificate]);
      await store.keepCertificates([certificate, { hash: 'aa-_0'.repeat(8), der: Uint8Array.of(4) }]);
      expect(await store.certificate(certificate.hash)).toEqual(certificate.der);
      expect(await store.certificate('B'.repeat(43))).toBeUndefined();
    });
  });

  describe('registrations', () => {
    test('are taken once', async () => {
      const store = await fresh();
      const pending = makePending('1', 60);
      await store.putRegistration(pending);
      const taken = await Promise.all([store.takeRegistration(pending.id), store.takeRegistration(pending.id)]);
      expect(taken.filter((found) => found !== undefined)).toEqual([pending]);
      expect(await store.takeRegistration(makePending('2', 60).id)).toBeUndefined();
    });

    test('are dropped when their time is over', async () => {
      const store = await fresh();
      const [old, young] = [makePending('1', 59), makePending('2', 60)];
      await store.putRegistration(old);
      await store.putRegistration(young);
      await store.dropExpired(60);
      const left = await store.takeRegistration(old.id);
      expect(left === undefined || left.expiresAt < 60).toBe(true);
      expect(await store.takeRegistration(young.id)).toEqual(young);
    });

    test('take the place of the one of the same key', async () => {
      const store = await fresh();
      const [first, second, other] = [makePending('1', 60), makePending('1', 61, 'b'), makePending('2', 60)];
      for (const pending of [first, other, second]) await store.putRegistration(pending);
      expect(await store.takeRegistration(first.id)).toBeUndefined();
      expect(await store.takeRegistration(second.id)).toEqual(second);
      expect(await store.takeRegistration(other.id)).toEqual(other);
    });

    test('have signatures that are kept once', async () => {
      const store = await fresh();
      const hash = 'ab'.repeat(32);
      expect(await store.hasSignature(hash)).toBe(false);
      const kept = await Promise.all([store.addSignature(hash, 60), store.addSignature(hash, 60)]);
      expect(kept.toSorted()).toEqual([false, true]);
      await store.dropExpired(60);
      expect(await store.hasSignature(hash)).toBe(true);
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

/** Returns an agent's record, with `more` in place of what is usual. */
export function makeRecord(name: string, more: Partial<AgentRecord> = {}): AgentRecord {
  if (!isAgentId(name)) throw new RangeError(name);
  return {
    agentId: name,
    address: 'https://localhost:5001',
    signingSpki: Uint8Array.of(1, 2, 3),
    certificates: { signing: Uint8Array.of(4), encryption: Uint8Array.of(5) },
    issued: [],
    ...more,
  };
}

function makePending(key: string, expiresAt: number, more = 'a'): PendingRegistration {
  const { agentId, address, signingSpki } = makeRecord('helper_agent_001');
  const empty = new Uint8Array(0);
  const keyId = key.repeat(32);
  const id = keyId + more.repeat(32);
  return { id, keyId, agentId, address, signingSpki, encryptionSpki: empty, responseHash: empty, expiresAt };
}
