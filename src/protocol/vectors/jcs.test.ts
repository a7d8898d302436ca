import { describe, expect, test } from 'vitest';
import { fromHex } from '../bytes.ts';
import { canonicalBytes } from '../wire/canonical.ts';
import { parseJson } from '../wire/json.ts';
import { hasVectors, listVectors, readVectors } from './testing/files.ts';

const names = hasVectors ? listVectors('jcs/input') : ['none here'];

describe.skipIf(!hasVectors)('RFC 8785', () => {
  test.each(names)('%s', (name) => {
    const input = new TextEncoder().encode(readVectors(`jcs/input/${name}`));
    const output = fromHex(readVectors(`jcs/outhex/${name.replace('.json', '.txt')}`).replace(/\s/g, ''));
    expect(canonicalBytes(parseJson(input, 1_000_000))).toEqual(output);
    expect(new TextDecoder().decode(output)).toBe(readVectors(`jcs/output/${name}`).trimEnd());
  });
});
