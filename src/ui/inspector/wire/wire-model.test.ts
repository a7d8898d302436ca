import { describe, expect, test } from 'vitest';
import type { WireView } from '../../../agent/contracts/views.ts';
import { bodyName, exchangeAsJson, matches, summarise, wireRow } from './wire-model.ts';

const envelope = JSON.stringify({
  sender_id: 'helper_agent_001',
  sequence: 4,
  encrypted_payload: { iv: 'AAAA', ciphertext: 'BBBB', tag: 'CCCC' },
  signature: 'DDDD',
});

const entry = (change: Partial<WireView> = {}): WireView => ({
  id: '1',
  at: 1_800_000_000_000,
  direction: 'outgoing',
  method: 'POST',
  url: 'https://localhost:5001/agent/message',
  peerId: 'helper_agent_001',
  requestBody: envelope,
  requestSize: 300,
  status: 200,
  responseBody: envelope,
  responseSize: 200,
  durationMs: 3.2,
  ...change,
});
const row = (change: Partial<WireView> = {}) => wireRow(entry(change), 'traveller_agent_001');

describe('who speaks to whom', () => {
  test('outgoing requests are this agent’s, incoming ones its peer’s', () => {
    expect(row()).toMatchObject({ from: 'traveller_agent_001', to: 'helper_agent_001' });
    expect(row({ direction: 'incoming' })).toMatchObject({ from: 'helper_agent_001', to: 'traveller_agent_001' });
  });

  test('an unknown peer is who the body says, or nobody', () => {
    const { peerId: _, ...stranger } = entry({ direction: 'incoming' });
    expect(wireRow(stranger, 'me').from).toBe('helper_agent_001');
    expect(wireRow({ ...stranger, requestBody: 'hello' }, 'me').from).toBe('');
  });

  test('an entry is read once', () => {
    const same = entry();
    expect(wireRow(same, 'me')).toBe(wireRow(same, 'me'));
  });
});

describe('the summary', () => {
  test('adds up what travelled', () => {
    const { responseBody: _, responseSize: __, ...unanswered } = entry();
    expect(summarise([row(), wireRow(unanswered, 'me')])).toEqual({
      exchanges: 2,
      bytes: 800,
      kinds: ['iv', 'ciphertext', 'tag', 'signature'],
      unread: 0,
      unknown: 0,
    });
  });

  test('counts what it cannot vouch for', () => {
    const rows = [row({ requestBody: '{"query":"Hello Helper!"}' }), row({ responseBody: '<html>' })];
    expect(summarise(rows)).toMatchObject({ unread: 1, unknown: 1 });
  });
});

describe('the filter', () => {
  test('finds by address, body, name and message, in any case', () => {
    for (const text of ['', ' LOCALHOST:5001 ', 'BBBB', 'Traveller', 'envelope'])
      expect(matches(row(), text)).toBe(true);
    expect(matches(row(), 'CLIENT_HELLO')).toBe(false);
  });
});

test('bodies have names', () => {
  const named = (requestBody: string) => bodyName(row({ requestBody }).request);
  expect(named('{"message_type":"CLIENT_HELLO"}')).toBe('CLIENT_HELLO');
  expect(named(envelope)).toBe('envelope');
  expect(named('{"type":"urn:parley:error:replayed_nonce","code":"replayed_nonce"}')).toBe('replayed_nonce');
  expect(named('{}')).toBe('JSON');
  expect(named('')).toBe('');
  expect(named('<html>')).toBe('text');
});

test('an exchange is copied with its bodies as JSON, or as the text they are', () => {
  expect(JSON.parse(exchangeAsJson(row({ responseBody: '<html>' })))).toMatchObject({
    at: '2027-01-15T08:00:00.000Z',
    from: 'traveller_agent_001',
    status: 200,
    request: { sequence: 4 },
    response: '<html>',
  });
});
