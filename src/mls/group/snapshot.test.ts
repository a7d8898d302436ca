import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, toHex } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { MlsError } from '../errors.ts';
import { toLeafIndex } from '../indices.ts';
import { codeOf } from '../testing/code-of.ts';
import { groupOf } from '../testing/group-of.ts';
import { proposed } from '../testing/hostile-member.ts';
import { identityOf, random, type TestMember } from '../testing/test-member.ts';
import { createGroup } from './create-group.ts';
import type { GroupState } from './group-state.ts';
import { decodeGroup, decodeState, encodeEpoch, encodeMessageSecrets, encodeState } from './snapshot.ts';

let suite: CipherSuite;
let first: TestMember;
let second: TestMember;

beforeAll(async () => {
  suite = await cipherSuite(1);
  [first, second] = await groupOf(suite, 3);
  first.state = (await proposed(second.state, first.state, { type: 'remove', removed: toLeafIndex(1) })).state;
});

function codeOfStored(bytes: Bytes, other = suite): Promise<string> {
  return codeOf(() => decodeState(other, bytes, first.state.signatureKey));
}

describe('the stored form of a state', () => {
  it('gives the state again', async () => {
    const { signatureKey } = first.state;
    const stored = encodeState(first.state);
    expect(encodeState(await decodeState(suite, stored, signatureKey))).toEqual(stored);
  });

  it('is refused when its parts are not of one state', async () => {
    const [other] = await groupOf(suite, 5);
    const changes: readonly Partial<GroupState>[] = [
      { context: { ...first.state.context, treeHash: random(32) } },
      { ownLeaf: toLeafIndex(3) },
      { ownLeaf: second.leafIndex },
      { privateTree: second.state.privateTree },
      { privateTree: { leafIndex: first.leafIndex, nodes: new Map() } },
      { privateTree: other.state.privateTree },
      { secretTree: other.state.secretTree },
    ];
    for (const change of changes) {
      expect(await codeOfStored(encodeState({ ...first.state, ...change }))).toBe('invalid_snapshot');
    }
  });

  it('is refused in another version or suite', async () => {
    const stored = encodeState(first.state);
    expect(await codeOfStored(stored, await cipherSuite(0xf64a))).toBe('invalid_snapshot');
    const epoch = encodeEpoch(first.state);
    const parts = { epoch, messageSecrets: encodeMessageSecrets(first.state) };
    epoch[0] = 9;
    expect(await codeOf(() => decodeGroup(suite, parts, first.state.signatureKey))).toBe('invalid_snapshot');
  });

  it('is refused when it is cut, and with whatever byte else by no other error', async () => {
    const stored = encodeState(first.state);
    for (let at = 0; at < stored.length; at += 7) {
      expect(await codeOfStored(stored.slice(0, at))).not.toBe('accepted');
      const changed = stored.slice();
      changed[at] = (stored[at] ?? 0) ^ 0x81;
      const result = await decodeState(suite, changed, first.state.signatureKey).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(MlsError);
    }
  });
});

it('reads back what came in parts that were each small enough, and have become many together', async () => {
  const identity = await identityOf(suite, 'many certificates');
  const certificates = Array.from({ length: 20_000 }, (_, i) => Uint8Array.of(i));
  const state = await createGroup(suite, {
    groupId: random(16),
    identity: {
      ...identity,
      credential: { type: 'x509', certificates },
      capabilities: { ...identity.capabilities, credentials: [2] },
    },
    extensions: [],
    random,
  });
  const stored = encodeState(state);
  expect(toHex(encodeState(await decodeState(suite, stored, state.signatureKey)))).toBe(toHex(stored));
});
