import { expect, test } from 'vitest';
import type { SessionView } from '../../../agent/contracts/views.ts';
import { shownSession } from './shown-session.ts';

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
