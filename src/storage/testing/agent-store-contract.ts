import { describe, expect, test } from 'vitest';
import type { AgentStore, StoredIdentity } from '../../agent/contracts/ports.ts';
import { archiveContract } from './archive-contract.ts';
import { fileContract } from './file-contract.ts';
import { groupContract } from './group-contract.ts';
import { auditEntry, exchange, historyContract, makeHistoryKeysOf } from './history-contract.ts';
import { recording, recordingContract } from './recording-contract.ts';
import { requestContract } from './request-contract.ts';
import { makeResumption, resumptionContract } from './resumption-contract.ts';

/**
 * What every agent's store must do. `open` gives an empty one, or the same one again under the same name. A store that
 * writes keys to a file wants new ones extractable.
 */
export function agentStoreContract(open: (name: string) => Promise<AgentStore>, newKeysAreExtractable = false): void {
  const makeIdentity = () => makeIdentityOf(newKeysAreExtractable);
  const makeHistoryKeys = () => makeHistoryKeysOf(newKeysAreExtractable);
  let count = 0;
  const fresh = () => open(`contract_${++count}`);

  describe('the identity', () => {
    test('is nothing at first, then what was saved last', async () => {
      const store = await fresh();
      expect(await store.loadIdentity()).toBeUndefined();
      const identity = await makeIdentity();
      await store.saveIdentity(identity);
      expect(await store.loadIdentity()).toMatchObject({ agentId: 'helper_agent_001', createdAt: 7 });
      const registration = {
        certificates: { signing: Uint8Array.of(1), encryption: Uint8Array.of(2) },
        caCertificate: Uint8Array.of(3),
      };
      await store.saveIdentity({ ...identity, address: 'https://localhost:5002', registration });
      expect(await store.loadIdentity()).toMatchObject({ address: 'https://localhost:5002', registration });
    });

    test('keeps keys that work and cannot be taken out', async () => {
      const store = await fresh();
      await store.saveIdentity(await makeIdentity());
      const { privateKey } = (await store.loadIdentity())?.signing ?? {};
      if (privateKey === undefined) throw new Error('no key');
      expect(privateKey.extractable).toBe(false);
      await expect(crypto.subtle.exportKey('pkcs8', privateKey)).rejects.toThrow();
      const pss = { name: 'RSA-PSS', saltLength: 32 };
      expect((await crypto.subtle.sign(pss, privateKey, new Uint8Array(4))).byteLength).toBe(256);
    });
  });

  describe('nonces', () => {
    test('are kept from a time on and dropped before it', async () => {
      const store = await fresh();
      for (const seenAt of [10, 20, 30]) await store.addNonce({ key: `n${seenAt}`, seenAt });
      expect((await store.loadNonces(20)).map(({ key }) => key).sort()).toEqual(['n20', 'n30']);
      await store.dropNonces(30);
      expect((await store.loadNonces(0)).map(({ key }) => key)).toEqual(['n30']);
    });
  });

  describe('verifications', () => {
    const verified = { peerId: 'helper_agent_001', keyHash: 'ab'.repeat(32), verifiedAt: 7 };
    const changed = { signingSpki: Uint8Array.of(1, 2), keyHash: 'cd'.repeat(32), seenAt: 9 };

    test('are one for each peer, what was saved last', async () => {
      const store = await fresh();
      expect(await store.loadVerifications()).toEqual([]);
      await store.saveVerification(verified);
      await store.saveVerification({ ...verified, peerId: 'other_agent_001' });
      await store.saveVerification({ ...verified, changed });
      const found = await store.loadVerifications();
      expect(found).toHaveLength(2);
      expect(found.find(({ peerId }) => peerId === 'helper_agent_001')).toEqual({ ...verified, changed });
    });

    test('are dropped one by one', async () => {
      const store = await fresh();
      await store.saveVerification(verified);
      await store.saveVerification({ ...verified, peerId: 'other_agent_001' });
      await store.dropVerification('helper_agent_001');
      await store.dropVerification('nobody_here');
      expect((await store.loadVerifications()).map(({ peerId }) => peerId)).toEqual(['other_agent_001']);
    });
  });

  historyContract(fresh, makeHistoryKeys);
  requestContract(fresh);
  groupContract(fresh, newKeysAreExtractable);
  resumptionContract(fresh);
  archiveContract(fresh);
  recordingContract(fresh);
  fileContract(fresh);

  test('says whether new keys have to be extractable', async () => {
    expect((await fresh()).keepsKeysAsFiles).toBe(newKeysAreExtractable);
  });

  test('erase leaves nothing, and the store can be used again', async () => {
    const store = await fresh();
    await store.saveIdentity(await makeIdentity());
    await store.saveHistoryKeys(await makeHistoryKeys());
    await store.commit({ exchanges: [exchange()], audit: [auditEntry(0)] });
    await store.saveResumption(await makeResumption('r1'));
    await store.saveRecordings([recording('a')], []);
    await store.addNonce({ key: 'n', seenAt: 1 });
    await store.saveVerification({ peerId: 'helper_agent_001', keyHash: 'ab'.repeat(32), verifiedAt: 7 });
    await store.erase();
    expect(await store.loadIdentity()).toBeUndefined();
    expect(await store.loadNonces(0)).toEqual([]);
    expect(await store.loadVerifications()).toEqual([]);
    expect(await store.loadHistoryKeys()).toBeUndefined();
    expect(await store.usages()).toEqual([]);
    expect(await store.lastAuditEntry()).toBeUndefined();
    expect(await store.loadResumptions()).toEqual([]);
    expect(await store.loadRecordings()).toEqual([]);
    await store.commit({ exchanges: [exchange()], audit: [] });
    expect(await store.exchangesBefore('helper_agent_001', undefined, 10)).toHaveLength(1);
  });
}

async function makeIdentityOf(extractable: boolean): Promise<StoredIdentity> {
  const parameters = { modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
  return {
    agentId: 'helper_agent_001',
    address: 'https://localhost:5001',
    createdAt: 7,
    signing: await crypto.subtle.generateKey({ name: 'RSA-PSS', ...parameters }, extractable, ['sign', 'verify']),
    encryption: await crypto.subtle.generateKey({ name: 'RSA-OAEP', ...parameters }, extractable, [
      'encrypt',
      'decrypt',
    ]),
  };
}
