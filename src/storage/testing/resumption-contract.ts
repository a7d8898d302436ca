import { describe, expect, test } from 'vitest';
import type { AgentStore } from '../../agent/contracts/ports.ts';
import type { StoredResumption } from '../../agent/contracts/resumption-store.ts';

/** What every agent's store must do with resumption records. */
export function resumptionContract(fresh: () => Promise<AgentStore>): void {
  describe('resumption records', () => {
    test('come back with keys that work and cannot be taken out', async () => {
      const store = await fresh();
      const record = await makeResumption('r1');
      await store.saveResumption(record);
      const [found] = await store.loadResumptions();
      if (found === undefined) throw new Error('no record');
      const { key, signingKey, ...rest } = found;
      const { key: _key, signingKey: _signingKey, ...given } = record;
      expect(rest).toEqual(given);
      for (const secret of [key, signingKey]) expect(secret.extractable).toBe(false);
      expect((await crypto.subtle.sign('HMAC', key, new Uint8Array(4))).byteLength).toBe(32);
      expect((await crypto.subtle.sign('Ed25519', signingKey, new Uint8Array(4))).byteLength).toBe(64);
    });

    test('are replaced in one go, and taken once', async () => {
      const store = await fresh();
      await store.saveResumption(await makeResumption('r1'));
      await store.saveResumption(await makeResumption('r2'), 'r1');
      await store.saveResumption(await makeResumption('r3'), 'unknown');
      expect((await store.loadResumptions()).map(({ resumptionId }) => resumptionId).sort()).toEqual(['r2', 'r3']);
      const taken = await Promise.all([store.takeResumption('r2'), store.takeResumption('r2')]);
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await store.takeResumption('r1')).toBe(false);
      expect((await store.loadResumptions()).map(({ resumptionId }) => resumptionId)).toEqual(['r3']);
    });
  });
}

/** A record with keys of its own. */
export async function makeResumption(resumptionId: string): Promise<StoredResumption> {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new Error('Ed25519 gave no pair');
  return {
    resumptionId,
    peerId: 'helper_agent_001',
    sessionId: 'ab'.repeat(16),
    key: await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']),
    signingKey: pair.privateKey,
    peerSigningKey: new Uint8Array(32).fill(1),
    peerCertificates: { signing: Uint8Array.of(2), encryption: Uint8Array.of(3) },
    role: 'client',
    createdAt: 10,
    expiresAt: 20,
  };
}
