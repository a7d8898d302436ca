import { describe, expect, test } from 'vitest';
import { type Bytes, toHex } from '../protocol/bytes.ts';
import type { Subtle } from '../protocol/crypto/subtle.ts';
import { encodeBase64 } from '../protocol/wire/base64.ts';
import { type Cryptography, TestWorld } from './testing/world.ts';

/** Collects a copy of every secret that the agents' cryptography takes or gives as bytes. */
function spy(secrets: Map<string, Bytes>): (environment: Cryptography) => Cryptography {
  const keep = (bytes: ArrayBuffer | Bytes) => {
    const copy = new Uint8Array(bytes.slice(0));
    if (copy.length >= 32) secrets.set(toHex(copy), copy);
  };
  return ({ subtle, kem, random }) => {
    const watched: Partial<Subtle> = {
      encrypt: (algorithm, key, data) => {
        if (algorithm === 'RSA-OAEP') keep(data);
        return subtle.encrypt(algorithm, key, data);
      },
      importKey: (format, data, algorithm, extractable, uses) => {
        if (algorithm === 'HKDF') for (let at = 0; at < data.length; at += 32) keep(data.subarray(at, at + 32));
        return subtle.importKey(format, data, algorithm, extractable, uses);
      },
      deriveBits: async (algorithm, key, length) => {
        const bits = await subtle.deriveBits(algorithm, key, length);
        keep(bits);
        return bits;
      },
    };
    return {
      random,
      subtle: new Proxy(subtle, {
        get: (target, name) => {
          const found: unknown = Reflect.get(watched, name) ?? Reflect.get(target, name);
          return typeof found === 'function' ? found.bind(target) : found;
        },
      }),
      kem: {
        implementation: kem.implementation,
        encapsulate: async (share) => {
          const made = await kem.encapsulate(share);
          keep(made.secret);
          return made;
        },
        generate: () => kem.generate(),
      },
    };
  };
}

describe('an agent’s secrets', () => {
  test('are in nothing that it shows, traces, sends, keeps or throws', async () => {
    const secrets = new Map<string, Bytes>();
    const world = await TestWorld.create(spy(secrets));
    const traveller = await world.open('traveller_agent_001', 'https://localhost:5000');
    const helper = await world.open('helper_agent_001', 'https://localhost:5001');
    await traveller.agent.connect('helper_agent_001');
    await traveller.agent.send({ peerId: 'helper_agent_001', method: 'echo', parameters: { words: 'Hello' } });
    await helper.agent.send({ peerId: 'traveller_agent_001', method: 'ping', parameters: null });
    const refusal = await traveller.agent.connect('nobody_here').catch((error: unknown) => String(error));
    // Two session keys, the X25519 and the ML-KEM secret, and two exporter outputs.
    expect(secrets.size).toBeGreaterThanOrEqual(5);

    const shown = JSON.stringify([
      traveller.events,
      helper.events,
      traveller.agent.snapshot(),
      helper.agent.snapshot(),
      world.carried,
      await traveller.agent.peers(),
      refusal,
    ]);
    expect(shown).toContain('CLIENT_HELLO');
    for (const secret of secrets.values()) {
      const shifted = [0, 1, 2].map((offset) => encodeBase64(secret.subarray(offset, offset + 24)));
      for (const piece of [toHex(secret), toHex(secret.subarray(0, 16)), [...secret].join(','), ...shifted]) {
        expect(shown).not.toContain(piece);
      }
    }

    for (const { store } of [traveller, helper]) {
      const { signing, encryption } = (await store.loadIdentity()) ?? {};
      expect([signing?.privateKey.extractable, encryption?.privateKey.extractable]).toEqual([false, false]);
    }
  });

  test('are overwritten once they are mixed', async () => {
    const parts: Uint8Array[] = [];
    const world = await TestWorld.create(({ subtle, kem, random }) => ({
      subtle: new Proxy(subtle, {
        get: (target, name) => {
          const found: unknown = Reflect.get(target, name);
          if (typeof found !== 'function') return found;
          return (...input: unknown[]) => {
            if (name === 'importKey' && input[2] === 'HKDF' && input[1] instanceof Uint8Array) {
              parts.push(new Uint8Array(input[1].buffer, input[1].byteOffset, input[1].length));
            }
            return found.apply(target, input);
          };
        },
      }),
      kem,
      random,
    }));
    const { traveller } = await world.pair();
    await traveller.connect('helper_agent_001');
    expect(parts.map(({ length }) => length)).toEqual([128, 128]);
    expect(parts.every((part) => part.every((byte) => byte === 0))).toBe(true);
  });
});
