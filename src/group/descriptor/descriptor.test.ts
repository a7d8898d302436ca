import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toLeafIndex } from '../../mls/indices.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import { groupCodeOf } from '../testing/group-world.ts';
import { adminsOf } from './admins.ts';
import { type Descriptor, encodeDescriptor, isGroupName, parseDescriptor } from './descriptor.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const json = { kind: 'group', name: 'Family', admins: ['anna', 'bert'], created_at: 1_790_000_000 };
const codeOfJson = (change: object) => groupCodeOf(() => parseDescriptor(canonicalBytes({ ...json, ...change })));
const codeOfText = (text: string) => groupCodeOf(() => parseDescriptor(utf8(text)));

describe('the descriptor of a group (groups page, section 5)', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.record<Descriptor>({
          kind: fc.constant('group'),
          name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter(isGroupName),
          admins: fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9_]{2,62}$/)).map((ids) => ids.sort()),
          createdAt: fc.nat(),
        }),
        (descriptor) => {
          expect(parseDescriptor(encodeDescriptor(descriptor))).toEqual(descriptor);
        },
      ),
    );
  });

  test('is exactly its canonical JSON', async () => {
    const text = '{"admins":["anna","bert"],"created_at":1790000000,"kind":"group","name":"Family"}';
    expect(await codeOfText(text)).toBe('accepted');
    for (const other of [
      '',
      '[]',
      'null',
      text.slice(0, -1),
      `${text} `,
      ` ${text}`,
      `\uFEFF${text}`,
      text.replace('"Family"', '"\\u0046amily"'),
      text.replace('1790000000', '1.79e9'),
      text.replace('1790000000', '1790000000.0'),
      text.replace('"kind":"group",', '"kind":"group","kind":"group",'),
      '{"kind":"group","admins":["anna","bert"],"created_at":1790000000,"name":"Family"}',
    ]) {
      expect(await codeOfText(other), other).toBe('descriptor_malformed');
    }
    const notUtf8 = utf8(text).slice();
    notUtf8[notUtf8.length - 4] = 0xff;
    expect(await groupCodeOf(() => parseDescriptor(notUtf8))).toBe('descriptor_malformed');
  });

  test.each([
    ['another member', { more: 1 }],
    ['another kind', { kind: 'channel' }],
    ['a name that is none', { name: 7 }],
    ['admins that are no list', { admins: 'anna' }],
    ['an admin that is no agent_id', { admins: ['Anna'] }],
    ['a time before 1970', { created_at: -1 }],
    ['half a second', { created_at: 0.5 }],
  ])('has no %s', async (_, change) => {
    expect(await codeOfJson(change)).toBe('descriptor_malformed');
  });

  test.each(['kind', 'name', 'admins', 'created_at'])('has a member %s', async (name) => {
    const { [name as keyof typeof json]: _, ...rest } = json;
    expect(await groupCodeOf(() => parseDescriptor(canonicalBytes(rest)))).toBe('descriptor_malformed');
  });

  test('has a name of 1 to 100 characters, none of them a control or bidi one', async () => {
    for (const name of ['x', 'x'.repeat(100), '😀'.repeat(100), 'Familie Müller', ' ', '名前']) {
      expect(await codeOfJson({ name }), name).toBe('accepted');
    }
    const forbidden = [
      '\u0000',
      '\n',
      '\u007f',
      '\u0085',
      '\u009f',
      '\u061c',
      '\u200e',
      '\u200f',
      '\u202a',
      '\u202e',
      '\u2066',
      '\u2069',
    ];
    for (const name of ['', 'x'.repeat(101), '😀'.repeat(101), ...forbidden.map((character) => `a${character}b`)]) {
      expect(await codeOfJson({ name }), JSON.stringify(name)).toBe('descriptor_name');
    }
  });

  test('has its admins sorted and each once, and two when it is direct', async () => {
    expect(await codeOfJson({ admins: [] })).toBe('accepted');
    expect(await codeOfJson({ admins: ['bert', 'anna'] })).toBe('descriptor_admins');
    expect(await codeOfJson({ admins: ['anna', 'anna'] })).toBe('descriptor_admins');
    expect(await codeOfJson({ kind: 'direct' })).toBe('accepted');
    expect(await codeOfJson({ kind: 'direct', admins: ['anna'] })).toBe('descriptor_admins');
    expect(await codeOfJson({ kind: 'direct', admins: ['anna', 'bert', 'carl'] })).toBe('descriptor_admins');
  });

  test('cannot be written as it could not be read', async () => {
    const good: Descriptor = { kind: 'group', name: 'Family', admins: ['anna'], createdAt: 1 };
    expect(await groupCodeOf(() => encodeDescriptor({ ...good, name: '' }))).toBe('descriptor_name');
    expect(await groupCodeOf(() => encodeDescriptor({ ...good, admins: ['b', 'a'] }))).toBe('descriptor_admins');
  });
});

describe('the admins of a group (groups page, section 5)', () => {
  const members = [
    { agentId: 'carl', leaf: toLeafIndex(2) },
    { agentId: 'bert', leaf: toLeafIndex(1) },
    { agentId: 'dora', leaf: toLeafIndex(5) },
  ];

  test('are those of the descriptor that are members', () => {
    expect(adminsOf({ admins: ['anna', 'carl', 'dora'] }, members)).toEqual(['carl', 'dora']);
  });

  test('are the member with the lowest leaf when none of them is', () => {
    expect(adminsOf({ admins: ['anna'] }, members)).toEqual(['bert']);
    expect(adminsOf({ admins: [] }, members)).toEqual(['bert']);
    expect(adminsOf({ admins: [] }, [])).toEqual([]);
  });
});
