import { expect, test } from 'vitest';
import type { TraceEvent } from '../../protocol/trace/events.ts';
import type { SessionView } from '../contracts/views.ts';
import { openRecording, type SessionRecording, sealRecording } from './recording-record.ts';
import type { RecordContext } from './sealed-exchange.ts';

const session: SessionView = {
  sessionId: 'ab'.repeat(16),
  peerId: 'helper_agent_001',
  peerAddress: 'https://localhost:5001',
  role: 'client',
  status: 'CLOSED',
  createdAt: 1_790_000_000,
  expiresAt: 1_790_003_600,
  sent: 2,
  received: 1,
  epoch: 1,
  handshakeMs: 11.5,
  keyFingerprint: '9c:41:7f:02',
  unreachable: false,
};
/** One event of each kind. */
const events: readonly TraceEvent[] = [
  { kind: 'operation', at: 1, operation: 'sign', duration: 1.5 },
  { kind: 'transcript', at: 2, name: 'th0', hash: '0f'.repeat(32) },
  { kind: 'message', at: 3, direction: 'sent', message: 'CLIENT_HELLO', body: '{"a":1}', size: 7 },
  { kind: 'check', at: 4, of: 'SERVER_HELLO', check: 'timestamp', duration: 0.1, outcome: 'passed', note: '+0 s' },
  {
    kind: 'check',
    at: 5,
    of: 'ENVELOPE',
    check: 'sequence',
    duration: 0.1,
    outcome: 'failed',
    code: 'replayed_message',
    detail: 'No.',
  },
  { kind: 'fingerprint', at: 6, of: 'client_key', fingerprint: 'aa:bb:cc:dd' },
  { kind: 'established', at: 7, keyFingerprint: '9c:41:7f:02', expiresAt: 1_790_003_600 },
  { kind: 'epoch', at: 8, number: 1, by: 'self', keyFingerprint: 'aa:bb:cc:dd' },
  { kind: 'failed', at: 9, code: 'session_closed', detail: 'Over.' },
];
const recording: SessionRecording = { session, events };

/** What version 1 writes of it: to the byte. It must be read for ever. */
const golden =
  '{"role":"client","status":"CLOSED","peerAddress":"https://localhost:5001","createdAt":1790000000,"expiresAt":1790003600,"sent":2,"received":1,"epoch":1,"handshakeMs":11.5,"keyFingerprint":"9c:41:7f:02","events":[' +
  '{"kind":"operation","at":1,"operation":"sign","duration":1.5},' +
  `{"kind":"transcript","at":2,"name":"th0","hash":"${'0f'.repeat(32)}"},` +
  '{"kind":"message","at":3,"direction":"sent","message":"CLIENT_HELLO","body":"{\\"a\\":1}","size":7},' +
  '{"kind":"check","at":4,"of":"SERVER_HELLO","check":"timestamp","duration":0.1,"outcome":"passed","note":"+0 s"},' +
  '{"kind":"check","at":5,"of":"ENVELOPE","check":"sequence","duration":0.1,"outcome":"failed","code":"replayed_message","detail":"No."},' +
  '{"kind":"fingerprint","at":6,"of":"client_key","fingerprint":"aa:bb:cc:dd"},' +
  '{"kind":"established","at":7,"keyFingerprint":"9c:41:7f:02","expiresAt":1790003600},' +
  '{"kind":"epoch","at":8,"number":1,"by":"self","keyFingerprint":"aa:bb:cc:dd"},' +
  '{"kind":"failed","at":9,"code":"session_closed","detail":"Over."}]}';

async function context(): Promise<RecordContext> {
  const { subtle } = crypto;
  const hmac = () => subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']);
  const record = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  return {
    agentId: 'traveller_agent_001',
    keys: { record, index: await hmac(), opening: await hmac() },
    environment: { subtle, random: (length) => crypto.getRandomValues(new Uint8Array(length)) },
  };
}

test('version 1 is written to the byte, and read as it was', async () => {
  const own = await context();
  const stored = await sealRecording(own, recording);
  const { iv, ciphertext, ...place } = stored;
  expect(place).toEqual({
    sessionId: session.sessionId,
    peerId: 'helper_agent_001',
    at: 1_790_000_000_000,
    isFull: true,
  });
  const aad = new TextEncoder().encode(
    `parley/1 history recording\0{"agent_id":"traveller_agent_001","at":1790000000000,"is_full":true,"peer_id":"helper_agent_001","session_id":"${session.sessionId}"}`,
  );
  const plaintext = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv, additionalData: aad },
    own.keys.record,
    ciphertext,
  );
  const text = new TextDecoder().decode(plaintext);
  expect(text.trimEnd().replace(/\0+$/, '')).toBe(golden);
  expect(await openRecording(own, stored)).toEqual(recording);
});

test('what is stored shows nothing, and at another place or of another agent it does not open', async () => {
  const own = await context();
  const stored = await sealRecording(own, recording);
  expect(new TextDecoder('latin1').decode(stored.ciphertext)).not.toMatch(/CLIENT_HELLO|localhost/);
  for (const moved of [
    { ...stored, peerId: 'other_agent_001' },
    { ...stored, sessionId: 'cd'.repeat(16) },
    { ...stored, at: stored.at + 1 },
    { ...stored, isFull: false },
    { ...stored, ciphertext: stored.ciphertext.slice(1) },
  ]) {
    expect(await openRecording(own, moved)).toBeUndefined();
  }
  expect(await openRecording({ ...own, agentId: 'other_agent_001' }, stored)).toBeUndefined();
});
