import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../protocol/bytes.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { canonicalText } from '../../protocol/wire/canonical.ts';
import type { JsonObject, JsonValue } from '../../protocol/wire/json.ts';
import { type PackedEntry, packEntry, unpackText } from './packed-entry.ts';

const hash = new Uint8Array(32).fill(7);
const entryOf = (json: JsonObject) => ({ index: 0, text: canonicalText(json), hash });
const certificatesOf = ({ certificates }: PackedEntry) =>
  new Map(certificates.map(({ fingerprint, der }) => [fingerprint, der]));
/** What a store gives back. */
const again = (entry: PackedEntry) =>
  entry.packed === undefined ? entry.text : unpackText(entry.packed, certificatesOf(entry));

const message: JsonObject = {
  at: 1_795_786_199_511,
  commitment: '18b47ba6ceea0d613d0df0eafa2f285d262a27e45b811c761b1d042d7af02060',
  digest: 'Df2qLRd51tYZERoN7TGJjlP7ml0ca6kTEkCLM21T3os=',
  direction: 'received',
  exchange: '3bb2bfe3dbaffdef645d00de257f0a4e',
  header: {
    epoch: 0,
    sender_id: 'traveller_agent_001',
    sequence: 300,
    session_id: 'df6aa93095fa0007fb511dc1b6f30ade',
    timestamp: 1_795_786_199,
  },
  index: 7,
  kind: 'message',
  peer_id: 'traveller_agent_001',
  prev: '6e23b0795f0482c58bf83131135fd89d9646c30775ff73fdbe03c256a10d8a73',
  session_id: 'df6aa93095fa0007fb511dc1b6f30ade',
  signature: 'hPioAaZLBJph9ByJfbmyRHJXaJl7nMaQIaGYaS8YVsekvPwvIL50jBt7OgSrGlueC3J8+0e6gEo3JLno8ugLCQ==',
  type: 'REQUEST',
};

/** The packed form of `message` as the first version wrote it. */
const stored = [
  '0100080d8103d7a3cbe9a1348f072018b47ba6ceea0d613d0df0eafa2f285d262a27e45b811c761b1d042d7af020609506200dfd',
  'aa2d1779d6d619111a0ded31898e53fb9a5d1c6ba91312408b336d53de8b96ec9b07103bb2bfe3dbaffdef645d00de257f0a4ea2',
  '08059a0300c2051374726176656c6c65725f6167656e745f303031c303ac02c90710df6aa93095fa0007fb511dc1b6f30aded103',
  'd78ba6d806a30307a9abb30a03b407206e23b0795f0482c58bf83131135fd89d9646c30775ff73fdbe03c256a10d8a73c90a04cb',
  '064084f8a801a64b049a61f41c897db9b244725768997b9cc69021a198692f1856c7a4bcfc2f20be748c1b7b3a04ab1a5b9e0b72',
  '7cfb47ba804a3724b9e8f2e80b09d2dd',
].join('');

test('an entry of every stored version reads as it was written', () => {
  expect(unpackText(fromHex(stored), new Map())).toBe(canonicalText(message));
});

test('an entry of a message takes less than 280 bytes, and is written as it has always been', async () => {
  const { packed } = await packEntry(entryOf(message));
  expect(packed?.length).toBeLessThan(280);
  expect(toHex(packed ?? hash)).toBe(stored);
});

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('signature', 'REQUEST', 'session_id', 'same text', ''),
  fc.uint8Array({ maxLength: 80 }).map((bytes) => encodeBase64(bytes)),
  fc.uint8Array({ maxLength: 80 }).map((bytes) => toHex(new Uint8Array(bytes))),
);
const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false),
    fc.maxSafeNat(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    texts,
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(texts, tie('json'), { maxKeys: 4 }),
  ),
}));
const entries = fc.dictionary(texts, json, { maxKeys: 12 });

test('whatever an entry holds, its text comes back byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(entries, async (json) => {
      const entry = entryOf(json);
      expect(again(await packEntry(entry))).toBe(entry.text);
    }),
  );
});

test('a text that is not canonical JSON is stored as it is', async () => {
  for (const text of ['no entry', '{"b":1,"a":2}', '{"a": 1}', '[1]', '{"a":"\\u0041"}', '']) {
    const entry = await packEntry({ index: 0, text, hash });
    expect(entry.packed).toBe(undefined);
    expect(again(entry)).toBe(text);
  }
});

test('whatever a disk makes of a packed entry, reading it gives a text and never throws', async () => {
  const { packed = hash } = await packEntry(entryOf(message));
  await fc.assert(
    fc.property(fc.nat(packed.length - 1), fc.nat(255), fc.nat(packed.length), (at, value, length) => {
      const damaged = packed.slice();
      damaged[at] = value;
      for (const bytes of [damaged, packed.slice(0, length), new Uint8Array([...damaged, value])]) {
        expect(typeof unpackText(bytes, new Map())).toBe('string');
      }
    }),
  );
  await fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      expect(typeof unpackText(new Uint8Array([1, 0, ...bytes]), new Map())).toBe('string');
    }),
  );
});

test('a handshake refers to the certificates that its hellos show, and each is there once', async () => {
  const ders = ['one', 'two', 'three'].map((_, i) => new Uint8Array(900).map((_, at) => (at * (i + 3)) % 251));
  const [one = hash, two = hash, three = hash] = ders;
  const hello = (signing: Uint8Array, encryption: Uint8Array) => ({
    my_certificate: { signing: encodeBase64(signing), encryption: encodeBase64(encryption) },
  });
  const json = { kind: 'handshake', client_hello: hello(one, two), server_hello: hello(three, two) };
  const entry = entryOf(json);
  const packed = await packEntry(entry);
  expect(packed.certificates.map(({ der }) => der)).toEqual([one, two, three]);
  expect(packed.packed?.length).toBeLessThan(200);
  expect(again(packed)).toBe(entry.text);
  expect(unpackText(packed.packed ?? hash, new Map())).toBe('');
  const seen = await packEntry(entryOf({ kind: 'certificate', use: 'signing', der: encodeBase64(one) }));
  expect(seen.certificates).toEqual(packed.certificates.slice(0, 1));
});
