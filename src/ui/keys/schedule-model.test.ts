import { describe, expect, test } from 'vitest';
import { cameToBe, existence } from './existence.ts';
import { compared, fingerprintsOf } from './fingerprints.ts';
import { spots } from './layout.ts';
import { named, visibleTo } from './names.ts';
import { ancestors, descendants, nodeOf, schedule, whoCould } from './schedule-model.ts';

describe('the key schedule', () => {
  test('a traffic key depends on all four secrets and on the whole handshake', () => {
    expect(ancestors('client_key')).toEqual(
      new Set([
        'session_hkdf',
        'ikm',
        'client_session_key',
        'server_session_key',
        'x25519_secret',
        'ml_kem_secret',
        'server_rsa',
        'client_rsa',
        'x25519_pairs',
        'ml_kem_pair',
        'th3',
        'th2',
        'th1',
        'th0',
      ]),
    );
  });

  test('the handshake keys do not depend on what comes after th_keys', () => {
    expect([...ancestors('server_handshake_key')]).not.toContain('th2');
    expect([...ancestors('server_handshake_key')]).toContain('th_keys');
  });

  test('what comes from the X25519 secret is every key', () => {
    const keys = schedule.filter(({ kind }) => kind === 'key').map(({ id }) => id);
    expect([...descendants('x25519_secret')]).toEqual(expect.arrayContaining(keys));
    expect([...descendants('th3')]).not.toContain('client_handshake_key');
  });

  test('nothing comes from itself, and everything has a place', () => {
    for (const { id } of schedule) {
      expect(ancestors(id).has(id)).toBe(false);
      expect(spots.has(id), id).toBe(true);
    }
  });
});

describe('who could compute', () => {
  test.each([
    [
      'client_key',
      'Needs both agents’ RSA keys, the X25519 secret and the ML-KEM secret. The last two no longer exist.',
    ],
    ['client_session_key', 'Needs {server}’s RSA key. That key is kept, so RSA alone does not protect it later.'],
    ['x25519_secret', 'Needs an X25519 private key of this session. It no longer exists.'],
    ['ml_kem_secret', 'Needs the ML-KEM private key of this session. It no longer exists.'],
    ['th3', 'Public: whoever has the messages can compute it.'],
  ] as const)('%s', (id, words) => {
    expect(whoCould(id, false)).toBe(words);
  });

  test('while the handshake runs, nothing is said to be gone', () => {
    expect(whoCould('client_key', true)).toMatch(/The last two may still exist: the handshake is not over\.$/);
    for (const node of schedule) {
      expect(whoCould(node.id, true)).not.toContain('no longer');
      expect(existence(node, 'HANDSHAKING', true)).not.toContain('Gone');
    }
  });
});

test('an observer knows the transcript alone, the Controller nothing', () => {
  const knows = (pov: 'observer' | 'controller' | 'client') =>
    schedule.filter((node) => visibleTo(node, pov)).map(({ kind }) => kind);
  expect(new Set(knows('observer'))).toEqual(new Set(['transcript']));
  expect(knows('controller')).toEqual([]);
  expect(knows('client')).toHaveLength(schedule.length);
});

test('session keys are gone when the session is, and the agents are called by their names', () => {
  const key = nodeOf('client_key');
  expect(key && existence(key, 'ESTABLISHED', true)).toContain('Held');
  expect(key && existence(key, 'CLOSED', true)).toContain('Gone');
  expect(nodeOf('nothing')).toBeUndefined();
  const session = {
    sessionId: '',
    status: 'CLOSED',
    createdAt: 0,
    expiresAt: 0,
    client: { agentId: 'a_agent', address: '' },
    server: { agentId: 'b_agent', address: '' },
  } as const;
  expect(named('{client} to {server}', session)).toBe('a_agent to b_agent');
});

test('fingerprints of both ends are compared', () => {
  const seen = fingerprintsOf([
    {
      role: 'client',
      events: [
        { kind: 'fingerprint', at: 1, of: 'client_key', fingerprint: 'aa:bb:cc:dd' },
        { kind: 'transcript', at: 1, name: 'th1', hash: '00' },
      ],
    },
    {
      role: 'server',
      events: [
        { kind: 'fingerprint', at: 1, of: 'client_key', fingerprint: 'aa:bb:cc:dd' },
        { kind: 'transcript', at: 1, name: 'th1', hash: '11' },
      ],
    },
  ]);
  expect(compared(seen.get('client_key'))).toBe('same');
  expect(compared(seen.get('th1'))).toBe('different');
  expect(compared(seen.get('server_key'))).toBe('none');
});

test('what a failed handshake never derived is not called erased, and what led to a fingerprint did come to be', () => {
  const came = cameToBe(
    fingerprintsOf([
      {
        role: 'server',
        events: [
          { kind: 'transcript', at: 1, name: 'th1', hash: '00' },
          { kind: 'fingerprint', at: 2, of: 'client_handshake_key', fingerprint: 'aa:bb:cc:dd' },
        ],
      },
    ]),
  );
  expect(['ikm', 'handshake_hkdf', 'x25519_secret', 'th0', 'client_rsa'].filter((id) => !has(came, id))).toEqual([]);
  expect(['session_hkdf', 'client_key', 'th3', 'exporter'].filter((id) => has(came, id))).toEqual([]);
  for (const node of schedule.filter(({ id }) => !came.has(id))) {
    expect(existence(node, 'FAILED', false)).toBe('Not recorded before the handshake failed; nothing of it is kept.');
  }
});

function has(came: ReadonlySet<string>, id: string): boolean {
  return came.has(id);
}
