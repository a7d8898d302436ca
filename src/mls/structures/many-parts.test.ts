import { describe, expect, it } from 'vitest';
import { type Bytes, noBytes } from '../bytes.ts';
import { type Decoder, decode } from '../codec/reader.ts';
import { encode } from '../codec/writer.ts';
import { toLeafIndex } from '../indices.ts';
import { codeThrownBy } from '../testing/code-of.ts';
import { readCapabilities } from './capabilities.ts';
import { type Commit, readCommit, writeCommit } from './commit.ts';
import { readCredential } from './credential.ts';
import { readExtensions } from './extension.ts';
import { readGroupSecrets } from './group-secrets.ts';
import { type NodeList, readNodeList, writeNodeList } from './node.ts';
import { readParentNode } from './parent-node.ts';
import { readWelcome, type Welcome, writeWelcome } from './welcome.ts';

const mebibyte = 2 ** 20;

const filled = (unit: readonly number[], length = mebibyte): Bytes =>
  Uint8Array.from({ length: length - (length % unit.length) }, (_, index) => unit[index % unit.length] ?? 0);

/** Returns arrays as they are and bytes as vectors, one behind the other. */
function written(...parts: readonly (readonly number[] | Bytes)[]): Bytes {
  return encode((writer, all: typeof parts) => {
    for (const part of all) {
      if (part instanceof Uint8Array) writer.opaque(part);
      else writer.fixed(Uint8Array.from(part));
    }
  }, parts);
}

const codeOf = (decoder: Decoder<unknown>, bytes: Bytes): string => codeThrownBy(() => decode(decoder, bytes));

describe('a mebibyte of parts so short that each takes far more memory than it has bytes', () => {
  const extensions = encode((writer) => {
    writer.vector([...Array(65_536).keys()], (inner, type) => {
      inner.u16(type);
      inner.opaque(noBytes);
    });
  }, noBytes);

  it.each<[string, Decoder<unknown>, Bytes]>([
    ['certificates', readCredential, written([0, 2], filled([1, 7]))],
    ['references of proposals', readCommit, written(filled([2, 0]), [0])],
    ['parents without a key', readNodeList, written(filled([1, 2, 0, 0, 0]))],
    ['entries of a Welcome', readWelcome, written([0, 1], filled([0, 0, 0]), [0])],
    ['pre-shared keys', readGroupSecrets, written([0, 0], filled([1, 0, 0]))],
    ['extensions', readExtensions, extensions],
  ])('is refused: %s', (_what, decoder, bytes) => {
    expect(codeOf(decoder, bytes)).toBe('too_many_parts');
  });

  it('is refused inside a vector as well, where the parts of all are counted together', () => {
    const lists = Array.from({ length: 2000 }, () => filled([1, 7], 200));
    const nested = encode((writer) => writer.vector(lists, (inner, list) => inner.opaque(list)), noBytes);
    const decoder: Decoder<unknown> = (reader) =>
      reader.vector((inner) => inner.vector((innermost) => innermost.opaque()));
    expect(codeOf(decoder, nested)).toBe('too_many_parts');
  });
});

describe('what has many parts and is honest', () => {
  it('is accepted: numbers, and a tree that is blank but for its last leaf', () => {
    const list = filled([2, 3], 131_072);
    expect(codeOf(readCapabilities, written(list, list, list, list, list))).toBe('accepted');
    expect(codeOf(readParentNode, written([0, 0], filled([0, 0, 0, 1], 262_144)))).toBe('accepted');
    const last = {
      type: 'parent',
      parent: { encryptionKey: noBytes, parentHash: noBytes, unmergedLeaves: [] },
    } as const;
    const nodes: NodeList = [...Array<undefined>(131_070), last];
    expect(codeOf(readNodeList, encode(writeNodeList, nodes))).toBe('accepted');
  });

  it('is refused only as a tree when it has more nodes than 65,536 leaves make', () => {
    expect(codeOf(readNodeList, written(filled([0], 131_071)))).toBe('accepted');
    expect(codeOf(readNodeList, written(filled([0], 131_072)))).toBe('tree_too_large');
  });

  it('is accepted: a commit that removes 10,000 members, and a Welcome for 10,000', () => {
    const removals: Commit = {
      proposals: Array.from({ length: 10_000 }, (_, leaf) => ({
        type: 'proposal',
        proposal: { type: 'remove', removed: toLeafIndex(leaf) },
      })),
      path: undefined,
    };
    expect(codeOf(readCommit, encode(writeCommit, removals))).toBe('accepted');
    const [reference, kemOutput, ciphertext] = [new Uint8Array(32), new Uint8Array(32), new Uint8Array(90)];
    const entry = { newMember: reference, encryptedGroupSecrets: { kemOutput, ciphertext } };
    const welcome: Welcome = { cipherSuite: 1, secrets: Array(10_000).fill(entry), encryptedGroupInfo: noBytes };
    expect(codeOf(readWelcome, encode(writeWelcome, welcome))).toBe('accepted');
  });
});
