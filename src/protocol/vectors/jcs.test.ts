import { describe, expect, test } from 'vitest';
import { fromHex } from '../bytes.ts';
import { canonicalBytes } from '../wire/canonical.ts';
import { parseJson } from '../wire/json.ts';
import { listVectors, readVectors } from './testing/files.ts';

describe('RFC 8785', () => {
  test.each(listVectors('jcs/input'))('%s', (name) => {
    const input = new TextEncoder().encode(readVectors(`jcs/input/${name}`));
    const output = fromHex(readVectors(`jcs/outhex/${name.replace('.json', '.txt')}`).replace(/\s/g, ''));
    expect(canonicalBytes(parseJson(input, 1_000_000))).toEqual(output);
    expect(new TextDecoder().decode(output)).toBe(readVectors(`jcs/output/${name}`).trimEnd());
  });
});
