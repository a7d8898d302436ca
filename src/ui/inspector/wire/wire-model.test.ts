import { describe, expect, test } from 'vitest';
import type { WireView } from '../../../agent/contracts/views.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { madeEnvelope, madeHeader } from './testing/made-envelope.ts';
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

describe('a binary envelope', () => {
  const bytes = madeEnvelope(5_000);
  const binary = row({ requestBody: encodeBase64(bytes), requestForm: 'binary', requestSize: bytes.length });

  test('is an envelope of its sender, read whole: nothing of it is in doubt', () => {
    expect(bodyName(binary.request)).toBe('envelope');
    expect(binary.request).toMatchObject({ senderId: 'helper_agent_001', signed: true, binary: { missing: 0 } });
    expect(summarise([binary])).toMatchObject({
      unread: 0,
      unknown: 0,
      kinds: ['iv', 'ciphertext', 'tag', 'signature'],
    });
  });

  test('is found by what its header says, and by the hex of its parts', () => {
    for (const text of ['a1b2c3d4', 'helper_agent', '01 01 01']) expect(matches(binary, text)).toBe(true);
    expect(matches(binary, 'AQEBAQ')).toBe(false);
  });

  test('that was kept in part says what is missing, and counts as a whole', () => {
    const kept = encodeBase64(bytes.subarray(0, 1_024));
    const cut = row({ requestBody: kept, requestForm: 'binary', requestSize: bytes.length });
    expect(cut.request).toMatchObject({ binary: { missing: bytes.length - 1_024 } });
    expect(cut.request.type === 'members' && cut.request.lines.at(-1)?.value?.bytes).toBe(5_000);
  });

  test('is copied with its parts, each as base64', () => {
    expect(JSON.parse(exchangeAsJson(binary)).request).toEqual({
      content_type: 'application/vnd.parley.envelope',
      header: JSON.parse(madeHeader),
      signature: encodeBase64(new Uint8Array(64).fill(1)),
      iv: encodeBase64(new Uint8Array(12).fill(2)),
      tag: encodeBase64(new Uint8Array(16).fill(3)),
      ciphertext: encodeBase64(new Uint8Array(5_000).fill(4)),
    });
  });

  test('that is none is shown as its bytes', () => {
    expect(row({ requestBody: 'AAAA', requestForm: 'binary' }).request).toEqual({ type: 'text', text: '00 00 00' });
  });
});
