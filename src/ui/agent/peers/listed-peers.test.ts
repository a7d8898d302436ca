import { expect, test } from 'vitest';
import type { PeerView, SessionView } from '../../../agent/contracts/views.ts';
import { listedPeers } from './listed-peers.ts';

const entry = (agentId: string, more: Partial<PeerView> = {}): PeerView => ({
  agentId,
  address: 'https://localhost:5001',
  status: 'active',
  online: false,
  signingFingerprint: 'aa:bb',
  verification: 'unverified',
  ...more,
});

const session = (sessionId: string, peerId: string): SessionView => ({
  sessionId,
  peerId,
  peerAddress: 'https://localhost:5001',
  role: 'client',
  status: 'ESTABLISHED',
  createdAt: 1,
  expiresAt: 2,
  sent: 0,
  received: 0,
  unreachable: false,
});

test('a peer is one row, with all its sessions inside, the newest first', () => {
  const rows = listedPeers(
    [entry('helper_agent_001', { online: true })],
    [session('one', 'helper_agent_001'), session('two', 'other_agent_001'), session('three', 'helper_agent_001')],
    ['helper_agent_001'],
  );
  expect(rows.map(({ peerId, sessions }) => [peerId, sessions.map(({ sessionId }) => sessionId)])).toEqual([
    ['helper_agent_001', ['three', 'one']],
    ['other_agent_001', ['two']],
  ]);
});

test('a peer stays listed when the directory does not answer, without claiming to know how it is', () => {
  const rows = listedPeers([], [session('one', 'helper_agent_001')], ['stored_agent_001']);
  expect(rows.map(({ peerId, entry: known }) => [peerId, known])).toEqual([
    ['helper_agent_001', undefined],
    ['stored_agent_001', undefined],
  ]);
});

test('online peers come first and revoked peers last', () => {
  const rows = listedPeers(
    [entry('a_agent', { status: 'revoked' }), entry('c_agent'), entry('b_agent'), entry('d_agent', { online: true })],
    [],
    [],
  );
  expect(rows.map(({ peerId }) => peerId)).toEqual(['d_agent', 'b_agent', 'c_agent', 'a_agent']);
});
