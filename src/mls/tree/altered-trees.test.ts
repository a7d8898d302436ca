import { expect, it } from 'vitest';
import { encode } from '../codec/writer.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { MlsError } from '../errors.ts';
import { toLeafIndex } from '../indices.ts';
import { decodeNodeList, writeNodeList } from '../structures/node.ts';
import { nodesOf, treeFromNodes } from './node-list.ts';
import { commit, groupOfOne } from './testing/tree-group.ts';
import { validateTree } from './tree-validation.ts';

const suite = await cipherSuite(1);

it('refuses a tree of which any byte was altered, cut or repeated, before its hash is compared', async () => {
  let group = await commit(await groupOfOne(suite), toLeafIndex(0), { adds: 3, path: true });
  for (const leaf of [3, 0]) group = await commit(group, toLeafIndex(leaf), { path: true });
  group = await commit(group, toLeafIndex(2), { removes: [toLeafIndex(1)], adds: 1, path: false });
  group = await commit(group, toLeafIndex(3), { adds: 1, path: true });
  const { groupId, rules, tree } = group;
  const bytes = encode(writeNodeList, nodesOf(tree));
  const validated = async (altered: Uint8Array) =>
    validateTree(suite, treeFromNodes(decodeNodeList(altered)), groupId, rules);
  await validated(bytes);

  const taken: string[] = [];
  const expectRefused = async (kind: string, altered: Uint8Array): Promise<void> => {
    await validated(altered).then(
      () => taken.push(kind),
      (cause: unknown) => expect(cause).toBeInstanceOf(MlsError),
    );
  };
  for (let i = 0; i < bytes.length; i++) {
    await expectRefused(`byte ${i} altered`, bytes.with(i, (bytes[i] ?? 0) ^ (1 << (i % 8))));
    await expectRefused(`byte ${i} cut`, Uint8Array.of(...bytes.subarray(0, i), ...bytes.subarray(i + 1)));
    await expectRefused(`byte ${i} repeated`, Uint8Array.of(...bytes.subarray(0, i + 1), ...bytes.subarray(i)));
    await expectRefused(`cut at byte ${i}`, bytes.subarray(0, i));
  }
  expect(taken).toEqual([]);
});
