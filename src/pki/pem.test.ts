import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPem, writePem } from './pem.ts';

describe('PEM', () => {
  test('has lines of 64 characters, and an end', () => {
    const text = writePem('PRIVATE KEY', new Uint8Array(50));
    expect(text.split('\n')).toEqual([
      '-----BEGIN PRIVATE KEY-----',
      'A'.repeat(64),
      'AAA=',
      '-----END PRIVATE KEY-----',
      '',
    ]);
  });

  test('reads back, whatever stands around it and between its lines', async () => {
    const around = fc.constantFrom('', '\n', 'Bag Attributes\n', writePem('OTHER', Uint8Array.of(1)));
    const lineEnd = fc.constantFrom('\n', '\r\n', ' \n', '\n\n');
    await fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), around, lineEnd, (der, before, end) => {
        const text = before + writePem('CERTIFICATE', der).replaceAll('\n', end) + before;
        expect(readPem(text, 'CERTIFICATE')).toEqual(new Uint8Array(der));
      }),
    );
  });

  test.each([
    ['no block', 'text'],
    ['another label', writePem('PRIVATE KEY', Uint8Array.of(1))],
    ['another end', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END PRIVATE KEY-----'],
    ['a header', '-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END CERTIFICATE-----'],
    ['what is not base64', '-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----'],
  ])('of %s holds none', (_, text) => {
    expect(readPem(text, 'CERTIFICATE')).toBeUndefined();
  });

  test('that never ends is read in a moment', () => {
    expect(readPem('-----BEGIN CERTIFICATE-----\n'.repeat(100_000), 'CERTIFICATE')).toBeUndefined();
    expect(readPem(`-----BEGIN CERTIFICATE-----${'A\n'.repeat(1_000_000)}`, 'CERTIFICATE')).toBeUndefined();
  });
});
