import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, toHex, wipe } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { toLeafIndex } from '../indices.ts';
import { createSecretTree, messageKeyOf, nextMessageKey, type RatchetType, type SecretTree } from './secret-tree.ts';
import { decodeSecretTree, encodeRatchets, encodeSecretTree, withRatchets } from './secret-tree-storage.ts';

let suite: CipherSuite;

beforeAll(async () => {
  suite = await cipherSuite(0xf64a);
});

const leafCount = 8;
const types = ['handshake', 'application'] as const;

function freshTree(seed = 1): SecretTree {
  return createSecretTree(new Uint8Array(suite.hashLength).fill(seed), leafCount);
}

/** One message: its sender's leaf, its ratchet and its generation. */
interface Use {
  readonly leaf: number;
  readonly type: RatchetType;
  readonly generation: number;
}

const use: fc.Arbitrary<Use> = fc.record({
  leaf: fc.nat(leafCount - 1),
  type: fc.constantFrom(...types),
  generation: fc.nat(30),
});
const uses = fc.uniqueArray(use, {
  maxLength: 25,
  selector: ({ leaf, type, generation }) => `${leaf} ${type} ${generation}`,
});

const take = (tree: SecretTree, { leaf, type, generation }: Use) =>
  messageKeyOf(suite, tree, toLeafIndex(leaf), type, generation);
const text = ({ key, nonce }: { readonly key: Bytes; readonly nonce: Bytes }) => `${toHex(key)} ${toHex(nonce)}`;

function takeAll(order: readonly Use[]): { readonly tree: SecretTree; readonly keys: ReadonlyMap<Use, string> } {
  let tree = freshTree();
  const keys = new Map<Use, string>();
  for (const each of order) {
    const taken = take(tree, each);
    keys.set(each, text(taken));
    ({ tree } = taken);
  }
  return { tree, keys };
}

describe('a secret tree', () => {
  it('gives each message the same key in whatever order messages come, and no key to two', () => {
    const twoOrders = uses.chain((first) =>
      fc.tuple(fc.constant(first), fc.shuffledSubarray(first, { minLength: first.length })),
    );
    fc.assert(
      fc.property(twoOrders, ([first, second]) => {
        const { keys } = takeAll(first);
        expect(new Set(keys.values()).size).toBe(first.length);
        expect(new Map(takeAll(second).keys)).toEqual(keys);
      }),
      { numRuns: 40 },
    );
  });

  it('gives a sender the keys that its receivers take', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ leaf: fc.nat(leafCount - 1), type: fc.constantFrom(...types) }), { maxLength: 20 }),
        (sent) => {
          let [sender, receiver] = [freshTree(), freshTree()];
          for (const { leaf, type } of sent) {
            const next = nextMessageKey(suite, sender, toLeafIndex(leaf), type);
            const taken = take(receiver, { leaf, type, generation: next.generation });
            expect(text(taken)).toBe(text(next));
            [sender, receiver] = [next.tree, taken.tree];
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('refuses every generation that was used, and is the same tree after it', () => {
    fc.assert(
      fc.property(uses, (order) => {
        const { tree } = takeAll(order);
        const before = encodeSecretTree(tree);
        for (const each of order) expect(() => take(tree, each)).toThrow('generation_consumed');
        expect(encodeSecretTree(tree)).toEqual(before);
      }),
      { numRuns: 20 },
    );
  });

  it('is not changed by use: the same step from it gives the same key and the same tree again', () => {
    fc.assert(
      fc.property(uses, use, (order, further) => {
        const { tree } = takeAll(order.filter((each) => each.generation !== further.generation));
        const before = encodeSecretTree(tree);
        const [once, again] = [take(tree, further), take(tree, further)];
        expect(text(again)).toBe(text(once));
        expect(encodeSecretTree(again.tree)).toEqual(encodeSecretTree(once.tree));
        expect(encodeSecretTree(tree)).toEqual(before);
      }),
      { numRuns: 20 },
    );
  });

  it('goes on from what was stored, leaf by leaf, as if it had not been stored', () => {
    fc.assert(
      fc.property(uses, (order) => {
        let tree = freshTree();
        let stored = encodeSecretTree(tree);
        const ratchets = new Map<number, Bytes>();
        for (const each of order) {
          let loaded = decodeSecretTree(stored);
          for (const [leaf, bytes] of ratchets) loaded = withRatchets(loaded, toLeafIndex(leaf), bytes);
          expect(loaded).toEqual(tree);
          const taken = take(tree, each);
          expect(text(take(loaded, each))).toBe(text(taken));
          ({ tree } = taken);
          if (taken.opened) {
            stored = encodeSecretTree(tree);
            ratchets.clear();
          } else {
            ratchets.set(each.leaf, encodeRatchets(tree, toLeafIndex(each.leaf)));
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('hands out all that a key consumes, whose wiping leaves every other key as it was', () => {
    fc.assert(
      fc.property(uses, use, (order, other) => {
        fc.pre(
          !order.some(
            (each) => each.leaf === other.leaf && each.type === other.type && each.generation === other.generation,
          ),
        );
        const untouched = text(take(takeAll(order).tree, other));
        let tree = freshTree();
        for (const each of order) {
          const taken = take(tree, each);
          const secrets = taken.consumed.map(toHex);
          wipe(taken.consumed);
          ({ tree } = taken);
          const stored = toHex(encodeSecretTree(tree));
          for (const secret of secrets) expect(stored).not.toContain(secret);
        }
        expect(text(take(tree, other))).toBe(untouched);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the bounds of a secret tree', () => {
  const leaf = 3;
  const type = 'application';

  it('goes 200 generations forward and no further', () => {
    expect(() => take(freshTree(), { leaf, type, generation: 201 })).toThrow('generation_too_far');
    const { tree } = take(freshTree(), { leaf, type, generation: 200 });
    expect(() => take(tree, { leaf, type, generation: 402 })).toThrow('generation_too_far');
    expect(take(tree, { leaf, type, generation: 401 }).generation).toBe(401);
  });

  it('keeps 200 skipped keys of a ratchet, the newest', () => {
    const first = take(freshTree(), { leaf, type, generation: 200 });
    const second = take(first.tree, { leaf, type, generation: 211 });
    expect(() => take(second.tree, { leaf, type, generation: 9 })).toThrow('generation_consumed');
    expect(take(second.tree, { leaf, type, generation: 10 }).generation).toBe(10);
    // The ratchet's secret and ten keys with their nonces, beside the key and nonce themselves.
    expect(second.consumed).toHaveLength(1 + 20 + 2);
  });

  it('has the leaves of its width and no more', () => {
    expect(() => take(freshTree(), { leaf: leafCount, type, generation: 0 })).toThrow('leaf_out_of_range');
    const single = createSecretTree(new Uint8Array(suite.hashLength).fill(1), 1);
    expect(take(single, { leaf: 0, type, generation: 0 }).opened).toBe(true);
    expect(createSecretTree(new Uint8Array(suite.hashLength), 5).leafCount).toBe(8);
  });

  it('stores the ratchets of a leaf in about 150 bytes', () => {
    const { tree } = take(freshTree(), { leaf, type, generation: 0 });
    expect(encodeRatchets(tree, toLeafIndex(leaf)).length).toBeLessThan(150);
  });

  it('shares with the tree before all but the path to the leaf', () => {
    const before = take(freshTree(), { leaf, type, generation: 0 }).tree;
    const after = take(before, { leaf, type, generation: 1 }).tree;
    if (before.root.kind !== 'parent' || after.root.kind !== 'parent') throw new Error('The root was opened.');
    expect(after.root.right).toBe(before.root.right);
    expect(after.root.left).not.toBe(before.root.left);
  });
});

describe('stored bytes', () => {
  it('are refused when they are cut, longer, of another format or shape', () => {
    const { tree } = take(freshTree(), { leaf: 3, type: 'handshake', generation: 2 });
    const bytes = encodeSecretTree(tree);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeSecretTree(bytes.slice(0, length))).toThrow('truncated');
    }
    expect(() => decodeSecretTree(Uint8Array.of(...bytes, 0))).toThrow('trailing_bytes');
    for (const at of [0, 4, 5]) {
      const altered = bytes.slice();
      altered[at] = 7;
      expect(() => decodeSecretTree(altered)).toThrow('invalid_secret_tree');
    }
  });

  it('of ratchets are refused for a leaf that is not opened', () => {
    const { tree } = take(freshTree(), { leaf: 3, type: 'handshake', generation: 2 });
    expect(() => encodeRatchets(tree, toLeafIndex(2))).toThrow('invalid_secret_tree');
    const bytes = encodeRatchets(tree, toLeafIndex(3));
    expect(() => withRatchets(freshTree(), toLeafIndex(3), bytes)).toThrow('invalid_secret_tree');
  });

  it('of a ratchet are refused with skipped keys out of order', () => {
    const { tree } = take(freshTree(), { leaf: 3, type: 'handshake', generation: 2 });
    const bytes = encodeRatchets(tree, toLeafIndex(3));
    const secondGeneration = 1 + 48 + 4 + 2 + 4 + 33 + 13 + 3;
    expect(bytes[secondGeneration]).toBe(1);
    bytes[secondGeneration] = 0;
    expect(() => withRatchets(tree, toLeafIndex(3), bytes)).toThrow('invalid_secret_tree');
  });
});
