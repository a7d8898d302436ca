import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { nameOf } from './enumerations.ts';
import { type Proposal, readProposal, writeProposal } from './proposal.ts';
import { readUpdatePath, type UpdatePath, writeUpdatePath } from './update-path.ts';

/** A proposal in a commit, whole or by the reference of one that was sent before (RFC 9420, section 12.4). */
export type ProposalOrRef =
  | { readonly type: 'proposal'; readonly proposal: Proposal }
  | { readonly type: 'reference'; readonly reference: Bytes };

/** What makes the next epoch (RFC 9420, section 12.4). */
export interface Commit {
  readonly proposals: readonly ProposalOrRef[];
  readonly path: UpdatePath | undefined;
}

const proposalOrRefTypes = { proposal: 1, reference: 2 } as const;

/** Writes a Commit. */
export function writeCommit(writer: Writer, commit: Commit): void {
  writer.vector(commit.proposals, (inner, entry) => {
    inner.u8(proposalOrRefTypes[entry.type]);
    if (entry.type === 'proposal') writeProposal(inner, entry.proposal);
    else inner.opaque(entry.reference);
  });
  writer.optional(commit.path, writeUpdatePath);
}

/** Reads a Commit. */
export function readCommit(reader: Reader): Commit {
  return {
    proposals: reader.vector((inner): ProposalOrRef => {
      const type = nameOf(proposalOrRefTypes, inner.u8());
      return type === 'proposal' ? { type, proposal: readProposal(inner) } : { type, reference: inner.opaque() };
    }),
    path: reader.optional(readUpdatePath),
  };
}
