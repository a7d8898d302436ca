import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { MlsError } from '../errors.ts';
import { type LeafIndex, toLeafIndex } from '../indices.ts';
import { type Extension, readExtensions, writeExtensions } from './extension.ts';
import { type KeyPackage, readKeyPackage, writeKeyPackage } from './key-package.ts';
import { type LeafNode, readLeafNode, writeLeafNode } from './leaf-node.ts';
import { type PreSharedKeyId, readPreSharedKeyId, writePreSharedKeyId } from './pre-shared-key-id.ts';

/** One change that a commit may make (RFC 9420, section 12.1). */
export type Proposal =
  | { readonly type: 'add'; readonly keyPackage: KeyPackage }
  | { readonly type: 'update'; readonly leafNode: LeafNode }
  | { readonly type: 'remove'; readonly removed: LeafIndex }
  | { readonly type: 'psk'; readonly psk: PreSharedKeyId }
  | {
      readonly type: 'reinit';
      readonly groupId: Bytes;
      /** Of the group to come, which may be one that is not known here. */
      readonly version: number;
      readonly cipherSuite: number;
      readonly extensions: readonly Extension[];
    }
  | { readonly type: 'external_init'; readonly kemOutput: Bytes }
  | { readonly type: 'group_context_extensions'; readonly extensions: readonly Extension[] };

/** The types of proposal, by their number (RFC 9420, section 17.4). */
export const proposalTypes = {
  add: 1,
  update: 2,
  remove: 3,
  psk: 4,
  reinit: 5,
  external_init: 6,
  group_context_extensions: 7,
} as const;

/** Writes a Proposal. */
export function writeProposal(writer: Writer, proposal: Proposal): void {
  writer.u16(proposalTypes[proposal.type]);
  writeProposalBody(writer, proposal);
}

/** Writes what follows the type. */
export function writeProposalBody(writer: Writer, proposal: Proposal): void {
  switch (proposal.type) {
    case 'add':
      writeKeyPackage(writer, proposal.keyPackage);
      break;
    case 'update':
      writeLeafNode(writer, proposal.leafNode);
      break;
    case 'remove':
      writer.u32(proposal.removed);
      break;
    case 'psk':
      writePreSharedKeyId(writer, proposal.psk);
      break;
    case 'reinit':
      writer.opaque(proposal.groupId);
      writer.u16(proposal.version);
      writer.u16(proposal.cipherSuite);
      writeExtensions(writer, proposal.extensions);
      break;
    case 'external_init':
      writer.opaque(proposal.kemOutput);
      break;
    case 'group_context_extensions':
      writeExtensions(writer, proposal.extensions);
      break;
  }
}

/** Reads a Proposal. Throws `unsupported_proposal_type`. */
export function readProposal(reader: Reader): Proposal {
  const number = reader.u16();
  for (const type of Object.keys(proposalBodies)) {
    if (isProposalType(type) && proposalTypes[type] === number) return proposalBodies[type](reader);
  }
  throw new MlsError('unsupported_proposal_type', `The proposal type ${number} is not one of the seven of the RFC.`);
}

function isProposalType(type: string): type is Proposal['type'] {
  return Object.hasOwn(proposalTypes, type);
}

/** Reads what follows the type, for each type. */
export const proposalBodies: Readonly<Record<Proposal['type'], (reader: Reader) => Proposal>> = {
  add: (reader) => ({ type: 'add', keyPackage: readKeyPackage(reader) }),
  update: (reader) => ({ type: 'update', leafNode: readLeafNode(reader) }),
  remove: (reader) => ({ type: 'remove', removed: toLeafIndex(reader.u32()) }),
  psk: (reader) => ({ type: 'psk', psk: readPreSharedKeyId(reader) }),
  reinit: (reader) => ({
    type: 'reinit',
    groupId: reader.opaque(),
    version: reader.u16(),
    cipherSuite: reader.u16(),
    extensions: readExtensions(reader),
  }),
  external_init: (reader) => ({ type: 'external_init', kemOutput: reader.opaque() }),
  group_context_extensions: (reader) => ({ type: 'group_context_extensions', extensions: readExtensions(reader) }),
};
