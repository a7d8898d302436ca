import * as v from 'valibot';
import { expect, it } from 'vitest';
import { Reader } from '../codec/reader.ts';
import { hex, vectorCases } from './testing/load.ts';

const schema = v.object({ vlbytes_header: hex, length: v.number() });

it('reads the length of every vector of the file', () => {
  const cases = vectorCases('deserialization');
  for (const { file, index, value } of cases) {
    const { vlbytes_header, length } = v.parse(schema, value);
    const reader = new Reader(vlbytes_header);
    expect([reader.vectorLength(), reader.remaining], `${file}, case ${index}`).toEqual([length, 0]);
  }
  console.info(`deserialization: ${cases.length} cases passed`);
});
