import * as v from 'valibot';
import { type Bytes, fromHex } from '../../bytes.ts';
import { readVectors } from './files.ts';

const result = v.picklist(['valid', 'invalid', 'acceptable']);

/** Bytes as these files write them. */
export const hex = v.pipe(
  v.string(),
  v.transform((text): Bytes => fromHex(text)),
);

/** The groups of a file; each test has its number and its verdict besides what `test` says. */
export function readGroups<const Group extends v.ObjectEntries, const Test extends v.ObjectEntries>(
  file: string,
  group: Group,
  test: Test,
) {
  const schema = v.object({
    testGroups: v.array(v.object({ ...group, tests: v.array(v.object({ tcId: v.number(), result, ...test })) })),
  });
  const json: unknown = JSON.parse(readVectors(`wycheproof/${file}`));
  return v.parse(schema, json).testGroups;
}
