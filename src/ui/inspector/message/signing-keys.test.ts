import { expect, test } from 'vitest';
import type { MessageName, TraceEvent } from '../../../protocol/trace/events.ts';
import { sessionSigningKeys } from './signing-keys.ts';

const agents = { client: 'traveller_agent_001', server: 'helper_agent_001' };
const moved = (message: MessageName, body: string): TraceEvent => ({
  kind: 'message',
  at: 1,
  direction: 'sent',
  message,
  body,
  size: body.length,
});

test('the hellos of a handshake and of a resumption name their senders’ keys', () => {
  const keys = { traveller_agent_001: 'AAAA', helper_agent_001: 'BBBB' };
  for (const [first, second] of [
    ['CLIENT_HELLO', 'SERVER_HELLO'],
    ['RESUME_HELLO', 'RESUME_ACCEPT'],
  ] as const) {
    const events = [moved(first, '{"session_signing_key":"AAAA"}'), moved(second, '{"session_signing_key":"BBBB"}')];
    expect(sessionSigningKeys(events, agents)).toEqual(keys);
  }
});

test('what is no hello, or no JSON, names nobody’s key', () => {
  const bodies = ['', '[]', 'null', '{"session_signing_key":7}', '{"nonce":"AAAA"}'];
  const events = [
    ...bodies.map((body) => moved('CLIENT_HELLO', body)),
    moved('ENVELOPE', '{"session_signing_key":"AAAA"}'),
  ];
  expect(sessionSigningKeys(events, agents)).toEqual({});
});
