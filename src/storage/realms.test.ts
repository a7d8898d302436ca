import { runInNewContext } from 'node:vm';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { isBuffer, isBytes, isError, isKey, isNamed } from '../protocol/realm.ts';
import { hasCode } from './file/error-code.ts';
import { recordToJson } from './json/record.ts';
import { storedBytes } from './stored-history.ts';

/** What another realm makes of the same code: its classes are others than this one's. */
const elsewhere = (code: string): unknown => runInNewContext(code);

describe('what another realm has made', () => {
  test('is bytes, a buffer or an error by what it is, not by whose class it has', () => {
    const bytes = elsewhere('new Uint8Array([1, 2])');
    expect(bytes instanceof Uint8Array).toBe(false);
    expect(isBytes(bytes)).toBe(true);
    expect(isBuffer(elsewhere('new ArrayBuffer(2)'))).toBe(true);
    expect(isNamed(elsewhere('new RangeError("too far")'), 'RangeError')).toBe(true);
    expect(isError(elsewhere('new RangeError("too far")'))).toBe(true);
    expect(isError(new DOMException('aborted', 'AbortError'))).toBe(true);
    expect(isError(elsewhere('({ name: "RangeError", message: "too far" })'))).toBe(false);
  });

  test('is a code of the system, also in an error of another realm', () => {
    expect(hasCode(elsewhere('Object.assign(new Error("full"), { code: "ENOSPC" })'), 'ENOSPC')).toBe(true);
  });

  test('is stored and read as bytes', () => {
    const bytes = elsewhere('new Uint8Array([1, 2])');
    expect(v.parse(storedBytes, bytes)).toEqual(new Uint8Array([1, 2]));
    expect(recordToJson({ bytes })).toBe('{"bytes":"AQI="}');
  });
});

test.each([[new Uint16Array(2)], [new DataView(new ArrayBuffer(2))], [[1, 2]], ['AQI='], [null], [undefined]])(
  '%s is neither bytes nor a key',
  (value) => {
    expect(isBytes(value)).toBe(false);
    expect(isKey(value)).toBe(false);
  },
);

test('a CryptoKey is a key', async () => {
  expect(isKey(await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']))).toBe(true);
});
