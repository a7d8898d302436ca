import { describe, expect, test } from 'vitest';
import { base64Size, isBinaryMember, memberKind, memberMeaning } from './member-kinds.ts';
import { prettyJson, readWireBody } from './wire-body.ts';

const kindsOf = (body: unknown) => {
  const read = readWireBody(JSON.stringify(body));
  if (read.type !== 'members') throw new TypeError(`read as ${read.type}`);
  return Object.fromEntries(read.lines.flatMap(({ path, value }) => (value === undefined ? [] : [[path, value.kind]])));
};

describe('base64Size', () => {
  test.each([
    ['', 0],
    ['AA==', 1],
    ['AAA=', 2],
    ['AAAA', 3],
    ['AAAAAA==', 4],
  ])('%j holds %d bytes', (text, size) => {
    expect(base64Size(text)).toBe(size);
  });

  test.each(['A', 'AA', 'AAA', 'A===', 'Hello Helper!', 'AA==AA==', 'AA\n='])('%j is not base64', (text) => {
    expect(base64Size(text)).toBeUndefined();
  });
});

describe('the kinds of members', () => {
  test('of a hello', () => {
    expect(
      kindsOf({
        message_type: 'SERVER_HELLO',
        timestamp: 1_800_000_000,
        my_certificate: { signing: 'AAAA', encryption: 'AAAA' },
        encrypted_session_key: 'AAAA',
        key_shares: { x25519: 'AAAA', ml_kem_768: 'AAAA' },
        session_signing_key: 'AAAA',
        challenge: { iv: 'AAAA', ciphertext: 'AAAA', tag: 'AAAA' },
        extensions: { payloads: ['sent_at'] },
        signature: 'AAAA',
      }),
    ).toEqual({
      message_type: 'metadata',
      timestamp: 'metadata',
      'my_certificate.signing': 'certificate',
      'my_certificate.encryption': 'certificate',
      encrypted_session_key: 'rsa_ciphertext',
      'key_shares.x25519': 'key_share',
      'key_shares.ml_kem_768': 'key_share',
      session_signing_key: 'key_share',
      'challenge.iv': 'iv',
      'challenge.ciphertext': 'ciphertext',
      'challenge.tag': 'tag',
      'extensions.payloads.0': 'metadata',
      signature: 'signature',
    });
  });

  test('of a resumption', () => {
    const body = {
      message_type: 'RESUME_HELLO',
      resumption_id: 'AAAA',
      key_shares: { x25519: 'AAAA', ml_kem_768: 'AAAA' },
      signature: 'AAAA',
      binder: 'AAAA',
    };
    expect(kindsOf(body)).toEqual({
      message_type: 'metadata',
      resumption_id: 'metadata',
      'key_shares.x25519': 'key_share',
      'key_shares.ml_kem_768': 'key_share',
      signature: 'signature',
      binder: 'tag',
    });
    expect(isBinaryMember('resumption_id')).toBe(true);
    expect(memberMeaning('signature', 'RESUME_HELLO')).toMatch(/all but the binder/);
    expect(memberMeaning('signature', 'CLIENT_HELLO')).toBe('Covers every other member');
  });

  test('of an envelope and of a confirmation', () => {
    expect(
      kindsOf({
        sequence: 0,
        encrypted_payload: { iv: 'AAAA', ciphertext: 'AAAA', tag: 'AAAA' },
        confirmation: 'AAAA',
      }),
    ).toEqual({
      sequence: 'metadata',
      'encrypted_payload.iv': 'iv',
      'encrypted_payload.ciphertext': 'ciphertext',
      'encrypted_payload.tag': 'tag',
      confirmation: 'tag',
    });
  });

  test('what the protocol does not name is unknown, wherever it stands', () => {
    expect(
      kindsOf({ parameters: { query: 'Hello Helper!' }, encrypted_payload: { plaintext: 'Hello Helper!' } }),
    ).toEqual({
      'parameters.query': 'unknown',
      'encrypted_payload.plaintext': 'unknown',
    });
  });

  test('words where bytes belong are unknown', () => {
    expect(memberKind('encrypted_payload.ciphertext', 'Hello Helper!')).toBe('unknown');
    expect(memberKind('signature', 7)).toBe('unknown');
    expect(memberKind('sender_id', null)).toBe('unknown');
  });
});

describe('reading a body', () => {
  test('names the message', () => {
    const named = (body: unknown) => readWireBody(JSON.stringify(body));
    expect(named({ message_type: 'CLIENT_HELLO', signature: 'AAAA' })).toMatchObject({
      message: 'CLIENT_HELLO',
      signed: true,
    });
    expect(named({ encrypted_payload: {}, sender_id: 'a' })).toMatchObject({
      message: 'ENVELOPE',
      signed: false,
      senderId: 'a',
    });
    expect(named({ type: 'urn:parley:error:replayed_nonce', code: 'replayed_nonce' })).toMatchObject({
      message: 'PROBLEM',
      problemCode: 'replayed_nonce',
    });
    expect(named({ status: 'ESTABLISHED' })).toMatchObject({ message: '' });
  });

  test('keeps the order, the nesting and the decoded sizes', () => {
    expect(readWireBody('{"nonce":"AAA=","key_shares":{"x25519":"AAAA"},"epoch":0}')).toMatchObject({
      lines: [
        { path: 'nonce', depth: 0, value: { text: '"AAA="', bytes: 2 } },
        { path: 'key_shares', depth: 0 },
        { path: 'key_shares.x25519', name: 'x25519', depth: 1, value: { text: '"AAAA"', bytes: 3 } },
        { path: 'epoch', depth: 0, value: { text: '0' } },
      ],
    });
  });

  test.each(['', 'not json', '[1]', 'null', '"text"', '{"cut off": "aft…'])(
    '%j is no message and is not lost',
    (body) => {
      expect(readWireBody(body)).toEqual(body === '' ? { type: 'empty' } : { type: 'text', text: body });
    },
  );

  test('JSON nested a thousand deep is read without an error', () => {
    const body = `{"a":${'['.repeat(1_000)}${']'.repeat(1_000)}}`;
    expect(readWireBody(body)).toMatchObject({ type: 'members' });
  });

  test('prettyJson leaves other text alone', () => {
    expect(prettyJson('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(prettyJson('<html>')).toBe('<html>');
  });
});

test.each([
  ['nested deeper than any message', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ['with a name twice', '{"sequence":1,"sequence":2}'],
])('a body %s is shown as it is', (_, body) => {
  expect(prettyJson(body)).toBe(body);
});
