import { describe, expect, it } from 'vitest';
import { type Bytes, concat, noBytes } from '../bytes.ts';
import { type Decoder, decode } from '../codec/reader.ts';
import { type Encoder, encode } from '../codec/writer.ts';
import { toLeafIndex } from '../indices.ts';
import { codeThrownBy } from '../testing/code-of.ts';
import { readCommit } from './commit.ts';
import { readCredential } from './credential.ts';
import type { Extension } from './extension.ts';
import { type GroupContext, readGroupContext, writeGroupContext } from './group-context.ts';
import { type GroupInfo, readGroupInfo, writeGroupInfo } from './group-info.ts';
import { readKeyPackage, writeKeyPackage } from './key-package.ts';
import { readLeafNode, writeLeafNode } from './leaf-node.ts';
import { decodeMlsMessage } from './mls-message.ts';
import { readNodeList } from './node.ts';
import { readPreSharedKeyId } from './pre-shared-key-id.ts';
import { type Proposal, readProposal, writeProposal } from './proposal.ts';
import { readSender } from './sender.ts';
import { madeUpKeyPackage } from './testing/made-up-key-package.ts';

const bytes = (...values: readonly number[]): Bytes => Uint8Array.from(values);
const keyPackage = madeUpKeyPackage();
const { leafNode } = keyPackage;
const groupContext: GroupContext = {
  cipherSuite: 1,
  groupId: noBytes,
  epoch: 0n,
  treeHash: noBytes,
  confirmedTranscriptHash: noBytes,
  extensions: [],
};
const groupInfo: GroupInfo = {
  groupContext,
  extensions: [],
  confirmationTag: noBytes,
  signer: toLeafIndex(0),
  signature: noBytes,
};

/** Encodes a value of one structure with these extensions and decodes it. */
type WithExtensions = (extensions: readonly Extension[]) => unknown;

function place<T>(make: (extensions: readonly Extension[]) => T, write: Encoder<T>, read: Decoder<T>): WithExtensions {
  return (extensions) => decode(read, encode(write, make(extensions)));
}

const proposal = (make: (extensions: readonly Extension[]) => Proposal): WithExtensions =>
  place(make, writeProposal, readProposal);

describe('section 13.4: a list of extensions', () => {
  it.each<[string, WithExtensions]>([
    ['a KeyPackage', place((extensions) => ({ ...keyPackage, extensions }), writeKeyPackage, readKeyPackage)],
    ['a LeafNode', place((extensions) => ({ ...leafNode, extensions }), writeLeafNode, readLeafNode)],
    ['a GroupContext', place((extensions) => ({ ...groupContext, extensions }), writeGroupContext, readGroupContext)],
    ['a GroupInfo', place((extensions) => ({ ...groupInfo, extensions }), writeGroupInfo, readGroupInfo)],
    [
      'the GroupContext of a GroupInfo',
      place(
        (extensions) => ({ ...groupInfo, groupContext: { ...groupContext, extensions } }),
        writeGroupInfo,
        readGroupInfo,
      ),
    ],
    ['a GroupContextExtensions', proposal((extensions) => ({ type: 'group_context_extensions', extensions }))],
    [
      'a ReInit',
      proposal((extensions) => ({ type: 'reinit', groupId: noBytes, version: 1, cipherSuite: 1, extensions })),
    ],
  ])('has no type twice, in %s, and may have unknown ones', (_what, tryWith) => {
    const [known, grease] = [
      { type: 3, data: bytes(1) },
      { type: 0x0a0a, data: noBytes },
    ];
    expect(codeThrownBy(() => tryWith([known, grease]))).toBe('accepted');
    expect(codeThrownBy(() => tryWith([known, grease, { ...known, data: bytes(2) }]))).toBe('duplicate_extension');
    expect(codeThrownBy(() => tryWith([grease, grease]))).toBe('duplicate_extension');
  });
});

describe('section 6: the protocol version', () => {
  it.each([0, 2, 0x0a0a, 0xffff])('%d is refused in a message, a KeyPackage and a GroupContext', (version) => {
    const versioned = (encoded: Bytes): Bytes => concat(bytes(version >>> 8, version & 0xff), encoded.subarray(2));
    const encoded = encode(writeKeyPackage, keyPackage);
    const message = versioned(concat(bytes(0, 1, 0, 5), encoded));
    expect(codeThrownBy(() => decodeMlsMessage(concat(bytes(0, 1, 0, 5), encoded)))).toBe('accepted');
    expect(codeThrownBy(() => decodeMlsMessage(message))).toBe('unsupported_version');
    expect(codeThrownBy(() => decode(readKeyPackage, versioned(encoded)))).toBe('unsupported_version');
    const context = versioned(encode(writeGroupContext, groupContext));
    expect(codeThrownBy(() => decode(readGroupContext, context))).toBe('unsupported_version');
  });

  it('of a ReInit is not judged here: it is that of another group', () => {
    const reinit: Proposal = { type: 'reinit', groupId: noBytes, version: 2, cipherSuite: 1, extensions: [] };
    expect(decode(readProposal, encode(writeProposal, reinit))).toEqual(reinit);
  });
});

describe('section 13.5: unknown values are refused where nobody can ignore them, and ignored elsewhere', () => {
  it.each([0, 3, 0x0a0a, 0xffff])('a credential of type %d is refused', (type) => {
    const encoded = bytes(type >>> 8, type & 0xff, 0);
    expect(codeThrownBy(() => decode(readCredential, encoded))).toBe('unsupported_credential_type');
  });

  it.each([0, 8, 0x0a0a, 0xffff])('a proposal of type %d is refused', (type) => {
    const encoded = bytes(type >>> 8, type & 0xff, 0, 0, 0, 0);
    expect(codeThrownBy(() => decode(readProposal, encoded))).toBe('unsupported_proposal_type');
  });

  it('capabilities may hold any number', () => {
    const grease = [0x0a0a, 0xfafa, 0, 0xffff];
    const capabilities = {
      versions: grease,
      cipherSuites: grease,
      extensions: grease,
      proposals: grease,
      credentials: grease,
    };
    const leaf = { ...leafNode, capabilities };
    expect(decode(readLeafNode, encode(writeLeafNode, leaf))).toEqual(leaf);
  });
});

describe('section 2.1: a value of an enumeration that has no name', () => {
  const leafBytes = encode(writeLeafNode, leafNode);
  // The source is followed by an empty parent hash, no extensions and no signature.
  const sourceAt = leafBytes.length - 4;
  const withSource = (source: number): Bytes => leafBytes.map((byte, index) => (index === sourceAt ? source : byte));

  it('is refused as the source of a leaf', () => {
    expect(leafBytes[sourceAt]).toBe(3);
    for (const source of [0, 4, 255]) {
      expect(codeThrownBy(() => decode(readLeafNode, withSource(source)))).toBe('unknown_enumeration');
    }
  });

  it.each<[string, Decoder<unknown>, (value: number) => Bytes, readonly number[]]>([
    ['type of a node', readNodeList, (value) => bytes(2, 1, value), [0, 3, 255]],
    ['type of a pre-shared key', readPreSharedKeyId, (value) => bytes(value, 0, 0), [0, 3, 255]],
    [
      'usage of a resumption',
      readPreSharedKeyId,
      (value) => bytes(2, value, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
      [0, 4, 255],
    ],
    ['proposal or reference', readCommit, (value) => bytes(2, value, 0, 0), [0, 3, 255]],
    ['type of a sender', readSender, (value) => bytes(value), [0, 5, 255]],
  ])('is refused as the %s', (_what, read, make, values) => {
    for (const value of values) expect(codeThrownBy(() => decode(read, make(value)))).toBe('unknown_enumeration');
  });
});
