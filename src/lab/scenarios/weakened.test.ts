import { expect, test, vi } from 'vitest';
import { KeyPool } from '../run/key-pool.ts';
import { manInTheMiddle } from './man-in-the-middle.ts';
import { replay } from './replay.ts';

// The lab can lose: these two checks of the protocol are switched off here.
vi.mock('../../protocol/handshake/message-signature.ts', async (original) => ({
  ...(await original<typeof import('../../protocol/handshake/message-signature.ts')>()),
  checkMessageSignature: async () => undefined,
}));
vi.mock('../../protocol/session/epoch/replay-window.ts', () => ({
  ReplayWindow: class {
    accepts = () => true;
    mark = () => true;
  },
}));

const lab = {
  keys: new KeyPool(),
  signal: new AbortController().signal,
  progress: () => undefined,
  report: () => undefined,
};

test('without the signature check, an altered hello is reported as accepted', async () => {
  const attempts = await manInTheMiddle.run(lab);
  const outcomes = new Map(attempts.map(({ title, verdict }) => [title, verdict.outcome]));
  expect(outcomes.get('CLIENT_HELLO.nonce altered')).toBe('succeeded');
  expect(outcomes.get('CLIENT_HELLO.signature altered')).toBe('succeeded');
  // What another check finds stays refused.
  expect(outcomes.get('CLIENT_HELLO.sender_id altered')).toBe('refused');
  expect(outcomes.get('SESSION_ESTABLISHED.expires_at altered')).toBe('refused');
});

test('without the replay window, a repeated envelope is reported as accepted', async () => {
  const attempts = await replay.run(lab);
  const outcomes = new Map(attempts.map(({ title, verdict }) => [title, verdict.outcome]));
  expect(outcomes.get('ENVELOPE replayed at once')).toBe('succeeded');
  expect(outcomes.get('ENVELOPE replayed six minutes later')).toBe('refused');
});
