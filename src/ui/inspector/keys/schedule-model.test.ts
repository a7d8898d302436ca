import { describe, expect, test } from 'vitest';
import { resumptionRecording } from '../../../recording/testing/resumption.ts';
import { type Course, cameToBe, courseOf, existence } from './existence.ts';
import { compared, fingerprintsOf } from './fingerprints.ts';
import { handshakeSchedule } from './handshake-schedule.ts';
import { named, visibleTo } from './names.ts';
import { resumptionSchedule } from './resumption-schedule.ts';
import { ancestors, descendants, nodeOf } from './schedule-model.ts';
import { schedules } from './schedules.ts';
import { whoCould } from './who-could.ts';

const schedule = handshakeSchedule;
const courseAt = (status: Course['status']): Course => ({ beginning: 'handshake', status, isUpdated: false });

describe('the key schedule', () => {
  test('a traffic key depends on all four secrets and on the whole handshake', () => {
    expect(ancestors(schedule, 'client_key')).toEqual(
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
    expect([...ancestors(schedule, 'server_handshake_key')]).not.toContain('th2');
    expect([...ancestors(schedule, 'server_handshake_key')]).toContain('th_keys');
  });

  test('what comes from the X25519 secret is every key', () => {
    const keys = schedule.nodes.filter(({ kind }) => kind === 'key').map(({ id }) => id);
    expect([...descendants(schedule, 'x25519_secret')]).toEqual(expect.arrayContaining(keys));
    expect([...descendants(schedule, 'th3')]).not.toContain('client_handshake_key');
  });

  test('nothing comes from itself, and everything has a place', () => {
    for (const each of Object.values(schedules)) {
      for (const { id } of each.nodes) {
        expect(ancestors(each, id).has(id)).toBe(false);
        expect(each.wide.spots.has(id), id).toBe(true);
        expect(each.narrow.spots.has(id), id).toBe(true);
      }
    }
  });
});

describe('who could compute', () => {
  test.each([
    [
      'client_key',
      'Needs both agents’ RSA keys, the X25519 secret and the ML-KEM secret. The last two no longer exist.',
    ],
    ['client_session_key', 'Needs {server}’s RSA key. That key stays stored, so RSA alone does not protect it later.'],
    ['x25519_secret', 'Needs an X25519 private key of this session. It no longer exists.'],
    ['ml_kem_secret', 'Needs the ML-KEM private key of this session. It no longer exists.'],
    ['th3', 'Public: whoever has the messages can compute it.'],
  ] as const)('%s', (id, words) => {
    expect(whoCould(schedule, id, false)).toBe(words);
  });

  test('while the handshake runs, nothing is said to be gone', () => {
    expect(whoCould(schedule, 'client_key', true)).toMatch(
      /The last two may still exist: the handshake is not over\.$/,
    );
    for (const node of schedule.nodes) {
      expect(whoCould(schedule, node.id, true)).not.toContain('no longer');
      expect(existence(node, courseAt('HANDSHAKING'), true)).not.toContain('Gone');
    }
  });
});

test('an observer knows the transcript alone, the Controller nothing', () => {
  const knows = (pov: 'observer' | 'controller' | 'client') =>
    schedule.nodes.filter((node) => visibleTo(node, pov)).map(({ kind }) => kind);
  expect(new Set(knows('observer'))).toEqual(new Set(['transcript']));
  expect(knows('controller')).toEqual([]);
  expect(knows('client')).toHaveLength(schedule.nodes.length);
});

test('session keys are gone when the session is, and the agents are called by their names', () => {
  const key = nodeOf(schedule, 'client_key');
  expect(key && existence(key, courseAt('ESTABLISHED'), true)).toContain('Held');
  expect(key && existence(key, courseAt('CLOSED'), true)).toContain('Gone');
  expect(nodeOf(schedule, 'nothing')).toBeUndefined();
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
    schedule,
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
  for (const node of schedule.nodes.filter(({ id }) => !came.has(id))) {
    expect(existence(node, courseAt('FAILED'), false)).toBe(
      'Not recorded before the handshake failed; nothing of it is stored.',
    );
  }
});

function has(came: ReadonlySet<string>, id: string): boolean {
  return came.has(id);
}

describe('the key schedule of a resumption', () => {
  const recording = resumptionRecording();

  test('a traffic key depends on the resumption key, both fresh secrets and both messages, and on no RSA key directly', () => {
    expect(ancestors(resumptionSchedule, 'client_key')).toEqual(
      new Set([
        'session_hkdf',
        'ikm',
        'resume_mix',
        'resumption_key',
        'former_session',
        'x25519_secret',
        'x25519_pairs',
        'ml_kem_secret',
        'ml_kem_pair',
        'tr',
        'tr1',
        'th0',
      ]),
    );
  });

  test('every secret and hash that a resumption records is in it, and comes to be', () => {
    const seen = fingerprintsOf(recording.ends);
    expect(seen.size).toBe(14);
    for (const id of seen.keys()) {
      expect(nodeOf(resumptionSchedule, id), id).toBeDefined();
      expect(compared(seen.get(id))).toBe('same');
    }
    expect(cameToBe(resumptionSchedule, seen)).toEqual(new Set(resumptionSchedule.nodes.map(({ id }) => id)));
  });

  test.each([
    ['client_key', 'Needs the resumption key, the X25519 secret and the ML-KEM secret. They no longer exist.'],
    ['resumption_key', 'Needs the secrets of the session before. They no longer exist.'],
    ['ml_kem_secret', 'Needs the ML-KEM private key of this session. It no longer exists.'],
    ['tr', 'Public: whoever has the messages can compute it.'],
  ] as const)('who could compute %s', (id, words) => {
    expect(whoCould(resumptionSchedule, id, false)).toBe(words);
    expect(whoCould(resumptionSchedule, id, true)).not.toContain('no longer');
  });

  test('a resumption key is kept until it is used, and goes with a session that is closed or updated', () => {
    const key = nodeOf(resumptionSchedule, 'resumption');
    if (key === undefined) throw new TypeError('There is no such key.');
    const course = courseOf(recording, 'resumption');
    expect(existence(key, course, true)).toBe('Stored by both agents until it is used, 24 hours at most.');
    expect(existence(key, { ...course, status: 'EXPIRED' }, true)).toContain('Stored');
    expect(existence(key, { ...course, status: 'CLOSED' }, true)).toContain('Gone');
    const [client, server] = recording.ends;
    if (client === undefined || server === undefined) throw new TypeError('Both ends are recorded.');
    const epoch = { kind: 'epoch', at: 1, number: 1, by: 'self', keyFingerprint: 'aa:bb:cc:dd' } as const;
    const updated = { ...recording, ends: [{ ...client, events: [...client.events, epoch] }, server] };
    expect(existence(key, courseOf(updated, 'resumption'), true)).toContain('next epoch');
  });

  test('an observer knows its transcript alone', () => {
    const known = resumptionSchedule.nodes.filter((node) => visibleTo(node, 'observer')).map(({ id }) => id);
    expect(known).toEqual(['th0', 'tr1', 'tr']);
  });
});
