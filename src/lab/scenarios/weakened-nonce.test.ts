import { expect, test, vi } from 'vitest';
import { AgentHandshakeMemory } from '../../agent/sessions/handshake-memory.ts';
import { KeyPool } from '../run/key-pool.ts';
import { replay } from './replay.ts';

vi.spyOn(AgentHandshakeMemory.prototype, 'hasNonce').mockReturnValue(false);
vi.spyOn(AgentHandshakeMemory.prototype, 'recordNonce').mockResolvedValue(undefined);

test('without the memory of nonces, a hello repeated to an agent that restarted is reported as accepted', async () => {
  const attempts = await replay.run({
    keys: new KeyPool(),
    signal: new AbortController().signal,
    progress: () => undefined,
    report: () => undefined,
  });
  const outcomes = new Map(attempts.map(({ title, verdict }) => [title, verdict.outcome]));
  expect(outcomes.get('CLIENT_HELLO replayed after Helper has restarted')).toBe('succeeded');
  // The session id and the time still stop the others.
  expect(outcomes.get('CLIENT_HELLO replayed at once')).toBe('refused');
  expect(outcomes.get('CLIENT_HELLO replayed six minutes later')).toBe('refused');
});
