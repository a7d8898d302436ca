import { type Bytes, equalBytes, noBytes, wipe } from '../bytes.ts';
import { type Decoder, decodeOwn, type Reader } from '../codec/reader.ts';
import { encode, type Writer } from '../codec/writer.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import { type LeafIndex, nodeOfLeaf, toLeafIndex } from '../indices.ts';
import type { EpochSecrets } from '../schedule/key-schedule.ts';
import { generationsOf, type SecretTree } from '../schedule/secret-tree.ts';
import { decodeSecretTree, encodeRatchets, encodeSecretTree, withRatchets } from '../schedule/secret-tree-storage.ts';
import { encodeGroupContext, readGroupContext, writeGroupContext } from '../structures/group-context.ts';
import { readNodeList, writeNodeList } from '../structures/node.ts';
import { readProposal, writeProposal } from '../structures/proposal.ts';
import { readSender, writeSender } from '../structures/sender.ts';
import { nodesOf, treeFromNodes } from '../tree/node-list.ts';
import { decodePrivateTree, encodePrivateTree } from '../tree/private-tree.ts';
import { leafAt, treeHash } from '../tree/ratchet-tree.ts';
import type { GroupState, PendingProposal } from './group-state.ts';

/** The version of the stored form. */
const snapshotVersion = 1;

/** The order in which an epoch's secrets are stored; `encryptionSecret` lives in the secret tree. */
const storedSecrets = [
  'senderDataSecret',
  'exporterSecret',
  'externalSecret',
  'confirmationKey',
  'membershipKey',
  'resumptionPsk',
  'epochAuthenticator',
  'initSecret',
] as const satisfies readonly (keyof EpochSecrets)[];

/** What a group is stored as. Each part holds secrets, and is to be stored encrypted. */
export interface StoredGroup {
  /** As `encodeEpoch` gave it. */
  readonly epoch: Bytes;
  /** As `encodeMessageSecrets` gave it. */
  readonly messageSecrets: Bytes;
  /** As `encodeProposals` gave it; nothing when there are none. */
  readonly proposals?: Bytes;
}

/**
 * Returns what of a state is the same until the next epoch, but for the signature key. No key of a message can be derived from it:
 * it is stored once, while what `encodeMessageSecrets` gives is replaced as keys are consumed.
 */
export function encodeEpoch(state: GroupState): Bytes {
  return encode(writeEpoch, state);
}

function writeEpoch(writer: Writer, state: GroupState): void {
  writer.u8(snapshotVersion);
  writeGroupContext(writer, state.context);
  writer.opaque(state.interimTranscriptHash);
  writeNodeList(writer, nodesOf(state.tree));
  writer.u32(state.ownLeaf);
  writeSecret(writer, encodePrivateTree(state.privateTree));
  for (const name of storedSecrets) writer.opaque(state.secrets[name]);
}

/** Writes bytes that nobody else has, and wipes them. */
function writeSecret(writer: Writer, secret: Bytes): void {
  writer.opaque(secret);
  wipe([secret]);
}

/**
 * Returns the whole state as bytes, but for the signature key: for one that is stored at once and whole, as a commit that waits is.
 * Stored beside later ratchets it would give away the keys that those no longer have; then it is stored in parts.
 */
export function encodeState(state: GroupState): Bytes {
  return encode((writer: Writer, value: GroupState) => {
    writeSecret(writer, encodeEpoch(value));
    writeSecret(writer, encodeMessageSecrets(value));
    writer.opaque(encodeProposals(value));
  }, state);
}

/** Returns the proposals that a commit of this epoch may refer to: stored after each `withProposal` and `createProposal`. */
export function encodeProposals(state: GroupState): Bytes {
  return encode((writer: Writer, value: GroupState) => {
    writer.fixed(markOf(value));
    writer.vector(value.proposals, writePending);
  }, state);
}

const markLength = 8;

/** What every part of one epoch begins with: the epochs after two commits to one state have the same number. */
function markOf({ interimTranscriptHash }: Pick<GroupState, 'interimTranscriptHash'>): Bytes {
  return interimTranscriptHash.subarray(0, markLength);
}

/** Reads what follows the mark of an epoch. Throws `invalid_snapshot` for a part of another epoch. */
function ofEpoch<T>(state: Pick<GroupState, 'interimTranscriptHash'>, bytes: Uint8Array, decoder: Decoder<T>): T {
  return decodeOwn((reader) => {
    if (!equalBytes(reader.fixed(markLength), markOf(state))) throw invalid('a part of it is of another epoch');
    return decoder(reader);
  }, bytes);
}

function writePending(writer: Writer, pending: PendingProposal): void {
  writer.opaque(pending.reference);
  writeSender(writer, pending.sender);
  writeProposal(writer, pending.proposal);
}

function readPending(reader: Reader): PendingProposal {
  return { reference: reader.opaque(), sender: readSender(reader), proposal: readProposal(reader) };
}

function readSecrets(reader: Reader): EpochSecrets {
  const read: Partial<Record<keyof EpochSecrets, Bytes>> = {};
  for (const name of storedSecrets) read[name] = reader.opaque();
  const of = (name: keyof EpochSecrets): Bytes => read[name] ?? noBytes;
  return {
    senderDataSecret: of('senderDataSecret'),
    encryptionSecret: noBytes,
    exporterSecret: of('exporterSecret'),
    externalSecret: of('externalSecret'),
    confirmationKey: of('confirmationKey'),
    membershipKey: of('membershipKey'),
    resumptionPsk: of('resumptionPsk'),
    epochAuthenticator: of('epochAuthenticator'),
    initSecret: of('initSecret'),
  };
}

/**
 * Reads what `encodeState` gave. Throws `invalid_snapshot` and the codes of the codec for bytes that it did not give. Does not check that
 * `signatureKey` is the one of the own leaf.
 */
export async function decodeState(suite: CipherSuite, bytes: Uint8Array, signatureKey: CryptoKey): Promise<GroupState> {
  const stored = decodeOwn(
    (reader) => ({ epoch: reader.opaque(), messageSecrets: reader.opaque(), proposals: reader.opaque() }),
    bytes,
  );
  try {
    return await decodeGroup(suite, stored, signatureKey);
  } finally {
    wipe([stored.epoch, stored.messageSecrets]);
  }
}

/**
 * Reads a group that was stored in parts, except the ratchets: `withLeafRatchets` adds those. Throws `invalid_snapshot` and the codes of the
 * codec for other bytes. Does not check that `signatureKey` is the one of the own leaf.
 */
export async function decodeGroup(
  suite: CipherSuite,
  stored: StoredGroup,
  signatureKey: CryptoKey,
): Promise<GroupState> {
  const { context, nodes, ownLeaf, ...epoch } = decodeOwn(readEpoch, stored.epoch);
  const proposals =
    stored.proposals === undefined ? [] : ofEpoch(epoch, stored.proposals, (reader) => reader.vector(readPending));
  if (context.cipherSuite !== suite.id) throw invalid('it is of another cipher suite');
  const tree = treeFromNodes(nodes);
  if (!equalBytes(treeHash(suite, tree), context.treeHash)) throw invalid('its tree is not that of its context');
  const own = leafAt(tree, ownLeaf);
  if (own === undefined) throw invalid('its own leaf is blank');
  const secretTree = readMessageSecrets(epoch, stored.messageSecrets);
  if (secretTree.leafCount !== tree.leafCount) throw invalid('its message secrets are of another tree');
  const privateTree = await decodePrivateTree(suite, epoch.privateTree);
  wipe([epoch.privateTree]);
  const ownKey = privateTree.nodes.get(nodeOfLeaf(ownLeaf))?.keyPair.publicKey;
  if (privateTree.leafIndex !== ownLeaf || ownKey === undefined || !equalBytes(ownKey, own.encryptionKey)) {
    throw invalid('its private keys are those of another leaf');
  }
  return {
    suite,
    context,
    contextBytes: encodeGroupContext(context),
    interimTranscriptHash: epoch.interimTranscriptHash,
    tree,
    ownLeaf,
    privateTree,
    signatureKey,
    secrets: epoch.secrets,
    secretTree,
    proposals,
  };
}

function readEpoch(reader: Reader) {
  if (reader.u8() !== snapshotVersion) throw invalid('its version is unknown');
  return {
    context: readGroupContext(reader),
    interimTranscriptHash: reader.opaque(),
    nodes: readNodeList(reader),
    ownLeaf: toLeafIndex(reader.u32()),
    privateTree: reader.opaque(),
    secrets: readSecrets(reader),
  };
}

function invalid(why: string): MlsError {
  return new MlsError('invalid_snapshot', `The stored group cannot be used: ${why}.`);
}

/** Returns the secret tree, to be stored in place of the former one, and of all ratchets, when a leaf has sent its first message of the epoch. */
export function encodeMessageSecrets(state: GroupState): Bytes {
  return encodeOfEpoch(state, encodeSecretTree(state.secretTree));
}

/** Returns the state with a secret tree as `encodeMessageSecrets` gave it. Throws `invalid_snapshot` for another epoch's, and what reading it throws. */
export function withMessageSecrets(state: GroupState, bytes: Bytes): GroupState {
  return { ...state, secretTree: readMessageSecrets(state, bytes) };
}

function readMessageSecrets(state: Pick<GroupState, 'interimTranscriptHash'>, bytes: Bytes): SecretTree {
  return readSecret(state, bytes, decodeSecretTree);
}

/**
 * Returns what a leaf's later message changed: its ratchets, to be stored beside the secret tree. About 120 bytes, and 50 more
 * for each message that was skipped. Throws `invalid_secret_tree` for a leaf that has sent nothing in this epoch.
 */
export function encodeLeafRatchets(state: GroupState, leaf: LeafIndex): Bytes {
  return encodeOfEpoch(state, encodeRatchets(state.secretTree, leaf));
}

/**
 * Returns the state with the ratchets of one leaf as `encodeLeafRatchets` gave them. Throws `invalid_snapshot` for those of another epoch,
 * and for older ones than the state has: with them keys would be used again. Throws `invalid_secret_tree` when the state's secret tree is
 * from before the first message of the leaf.
 */
export function withLeafRatchets(state: GroupState, leaf: LeafIndex, ratchets: Bytes): GroupState {
  const secretTree = readSecret(state, ratchets, (bytes) => withRatchets(state.secretTree, leaf, bytes));
  const [before, after] = [generationsOf(state.secretTree, leaf), generationsOf(secretTree, leaf)];
  if (after.handshake < before.handshake || after.application < before.application) {
    throw invalid('the ratchets of a leaf are older than the rest');
  }
  return { ...state, secretTree };
}

function encodeOfEpoch(state: GroupState, secret: Bytes): Bytes {
  return encode((writer: Writer, value: Bytes) => {
    writer.fixed(markOf(state));
    writeSecret(writer, value);
  }, secret);
}

function readSecret<T>(
  state: Pick<GroupState, 'interimTranscriptHash'>,
  bytes: Uint8Array,
  read: (secret: Bytes) => T,
): T {
  const secret = ofEpoch(state, bytes, (reader) => reader.opaque());
  try {
    return read(secret);
  } finally {
    wipe([secret]);
  }
}
