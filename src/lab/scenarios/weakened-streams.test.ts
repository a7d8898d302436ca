import { expect, test, vi } from 'vitest';
import { AgentStreams } from '../../agent/streams/agent-streams.ts';
import { KeyPool } from '../run/key-pool.ts';
import type { Scenario } from '../run/run.ts';
import { attachments } from './attachments.ts';
import { binaryEnvelopes } from './binary-envelopes.ts';
import { streams } from './streams.ts';

// The lab can lose: here no signature of an envelope is checked, nothing is asked of what stands behind an attachment, a stream is
// looked up by its id alone, and any hash is taken for its end.
vi.mock('../../protocol/session/header.ts', async (original) => {
  const actual = await original<typeof import('../../protocol/session/header.ts')>();
  return {
    ...actual,
    checkEnvelopeSignature: async (...[subtle, , value]: Parameters<typeof actual.checkEnvelopeSignature>) =>
      actual.hashSealed(subtle, value.encrypted_payload),
  };
});
vi.mock('../../protocol/wire/attachment.ts', async (original) => {
  const actual = await original<typeof import('../../protocol/wire/attachment.ts')>();
  const lenient = (plaintext: Uint8Array<ArrayBuffer>) => {
    const end = plaintext.indexOf(0);
    const json: Record<string, never> = JSON.parse(new TextDecoder().decode(plaintext.subarray(0, end)));
    return { json, attachment: plaintext.slice(end + 1) };
  };
  return {
    ...actual,
    readPlaintext: (plaintext: Uint8Array<ArrayBuffer>) =>
      plaintext.includes(0) ? lenient(plaintext) : actual.readPlaintext(plaintext),
  };
});
const { read, serve } = AgentStreams.prototype;
vi.spyOn(AgentStreams.prototype, 'read').mockImplementation(function (this: AgentStreams, _peerKey, asked) {
  return read.call(this, 'everybody', asked);
});
vi.spyOn(AgentStreams.prototype, 'serve').mockImplementation(function (this: AgentStreams, owner, stream) {
  return serve.call(this, { ...owner, peerKey: 'everybody' }, stream);
});
vi.mock('../../agent/streams/taken-stream.ts', async (original) => {
  const { TakenStream } = await original<typeof import('../../agent/streams/taken-stream.ts')>();
  class Credulous extends TakenStream {
    override async write(written: Parameters<typeof TakenStream.prototype.write>[0]): Promise<number> {
      const { end, ...rest } = written;
      if (end === undefined) return super.write(written);
      const { StreamHash } = await import('../../protocol/crypto/stream-hash.ts');
      const hash = new StreamHash(crypto.subtle);
      await hash.add(rest.bytes);
      return super.write({ ...rest, end: await hash.end() });
    }
  }
  return { TakenStream: Credulous };
});

async function outcomesOf(scenario: Scenario): Promise<ReadonlyMap<string, string>> {
  const attempts = await scenario.run({
    keys: new KeyPool(),
    signal: new AbortController().signal,
    progress: () => undefined,
    report: () => undefined,
  });
  return new Map(attempts.map(({ id, verdict }) => [id, verdict.outcome]));
}

test('without the signature check, a binary envelope with another signature is reported as accepted', async () => {
  const outcomes = await outcomesOf(binaryEnvelopes);
  expect(outcomes.get('signature')).toBe('succeeded');
  expect(outcomes.get('every-byte')).toBe('succeeded');
  // What the tag covers stays refused.
  for (const id of ['header-sequence', 'tag', 'ciphertext']) expect(outcomes.get(id)).toBe('refused');
});

test('without the check of what stands behind it, a false attachment is reported as accepted', async () => {
  const outcomes = await outcomesOf(attachments);
  for (const id of ['two-zeros', 'size-smaller', 'letters-behind']) expect(outcomes.get(id)).toBe('succeeded');
  expect(outcomes.get('size-negative')).toBe('refused');
});

test('without the peer’s key in the look-up, another’s stream is reported as read; without its hash, a false one as whole', async () => {
  const outcomes = await outcomesOf(streams);
  for (const id of ['hijack-read', 'false-size', 'false-hash']) expect(outcomes.get(id)).toBe('succeeded');
  expect(outcomes.get('beyond-size')).toBe('refused');
});
