import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ParleyError } from '../errors.ts';
import { isAgentId, isSessionId } from '../ids.ts';
import { type Envelope, encodeJsonEnvelope, envelope } from './envelope.ts';
import { headerJcs } from './envelope-header.ts';
import { parseMessage, parseObjectText } from './parse.ts';
import { quickEnvelope } from './quick-envelope.ts';
import { shapes } from './shapes.ts';

function textOf({ encrypted_payload, signature, ...header }: Envelope): string {
  return new TextDecoder().decode(encodeJsonEnvelope(headerJcs(header), encrypted_payload, signature));
}

/** What the scan, JSON.parse and the schema make of it. */
function strictly(text: string): Envelope | undefined {
  try {
    return parseMessage(envelope, parseObjectText(text, shapes.envelope)).value;
  } catch (cause) {
    if (cause instanceof ParleyError && cause.code === 'malformed_message') return undefined;
    throw cause;
  }
}

const bytes = (least: number, most = least) =>
  fc.uint8Array({ minLength: least, maxLength: most }).map((some) => Uint8Array.from(some));
const count = fc.oneof(fc.nat(), fc.maxSafeNat());
const envelopes = fc
  .record({
    session_id: fc.stringMatching(/^[0-9a-f]{32}$/),
    sender_id: fc.stringMatching(/^[a-z][a-z0-9_]{2,62}$/),
    ...{ epoch: count, sequence: count, timestamp: count, signature: bytes(64) },
    encrypted_payload: fc.record({ iv: bytes(12), ciphertext: bytes(0, 80), tag: bytes(16) }),
  })
  .map(({ session_id, sender_id, ...rest }): Envelope => {
    if (!isSessionId(session_id) || !isAgentId(sender_id)) throw new TypeError('These are no ids.');
    return { session_id, sender_id, ...rest };
  });

test('reads every envelope that is written, as the strict reading does', () => {
  fc.assert(
    fc.property(envelopes, (one) => {
      expect(quickEnvelope(textOf(one))).toEqual(one);
      expect(strictly(textOf(one))).toEqual(one);
    }),
  );
});

test('whatever is changed in one, it is read as the strict reading does or left to that', () => {
  const piece = fc.oneof(
    fc.constantFrom('"', '\\', ',', '{', '}', '=', '-', '0', '1', '.', 'e', ' ', 'A', 'é', '\n', '","tag":"', '"},"'),
    fc.string({ unit: 'binary', maxLength: 2 }),
  );
  const change = fc.record({ at: fc.nat(700), cut: fc.nat(3), put: piece });
  fc.assert(
    fc.property(envelopes, fc.array(change, { minLength: 1, maxLength: 2 }), (one, changes) => {
      let text = textOf(one);
      for (const { at, cut, put } of changes) {
        const from = at % text.length;
        text = text.slice(0, from) + put + text.slice(from + cut);
      }
      const read = quickEnvelope(text);
      if (read !== undefined) expect(read).toEqual(strictly(text));
    }),
    { numRuns: 2_000 },
  );
});

test('what is at the edge of what it takes is left to the strict reading', () => {
  const [one] = fc.sample(envelopes, 1);
  if (one === undefined) throw new TypeError('There is no envelope.');
  const text = textOf(one);
  const other = [
    ` ${text}`,
    `${text} `,
    text.replace('"tag":', '"tag": '),
    text.replace('{"epoch":', '{"epoch":0'),
    text.replace(/"epoch":\d+/, '"epoch":9007199254740993'),
    text.replace(/"epoch":\d+/, '"epoch":-0'),
    text.replace(/"signature":"/, '"signature":"="'),
    `${text.slice(0, -1)},"signature":"${'A'.repeat(86)}=="}`,
    JSON.stringify({ ...JSON.parse(text), more: 1 }),
  ];
  for (const changed of other) expect(quickEnvelope(changed)).toBeUndefined();
});
