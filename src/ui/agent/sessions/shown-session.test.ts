import { expect, test } from 'vitest';
import type { SessionView } from '../../../agent/contracts/views.ts';
import { fullHandshakeBefore, shownSession } from './shown-session.ts';

function session(sessionId: string, peerId: string, status: SessionView['status'], resumes?: string): SessionView {
  return {
    sessionId,
    peerId,
    peerAddress: '',
    role: 'client',
    status,
    createdAt: 1,
    expiresAt: 2,
    sent: 0,
    received: 0,
    unreachable: false,
    ...(resumes === undefined ? {} : { resumes }),
  };
}

const sessions = [
  session('a', 'helper', 'ESTABLISHED'),
  session('b', 'helper', 'CLOSED'),
  session('c', 'scout', 'EXPIRED'),
  session('d', 'scout', 'FAILED', 'before'),
];

test.each([
  ['the newest living one where nothing is named', {}, 'a'],
  ['the one that is named', { sessionId: 'b' }, 'b'],
  ['the one that resumed the named one', { sessionId: 'before' }, 'd'],
  ['none when the named one is gone', { sessionId: 'gone' }, undefined],
  ['the living one with a peer', { peerId: 'helper' }, 'a'],
  ['the newest with a peer when none is alive', { peerId: 'scout' }, 'd'],
  ['none with a peer that there was none with', { peerId: 'other' }, undefined],
])('shows %s', (_, place, shown) => {
  expect(shownSession(sessions, place)?.sessionId).toBe(shown);
});

test('a session of an earlier run is shown where it is named, and nowhere else', () => {
  const stored = { ...session('s', 'helper', 'CLOSED'), isStored: true };
  expect(shownSession([stored], { sessionId: 's' })).toBe(stored);
  expect(shownSession([stored], { peerId: 'helper' })).toBeUndefined();
  expect(shownSession([stored], {})).toBeUndefined();
});

test('a resumption leads to the newest full handshake with its peer before it, however many resumptions are between', () => {
  const resumed = session('e', 'helper', 'ESTABLISHED', 'gone');
  const all = [...sessions, session('f', 'helper', 'FAILED'), resumed];
  expect(fullHandshakeBefore(all, resumed)?.sessionId).toBe('b');
  expect(fullHandshakeBefore(all, session('a', 'helper', 'ESTABLISHED'))).toBeUndefined();
  expect(fullHandshakeBefore([resumed], resumed)).toBeUndefined();
});
