import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { type Commit, readCommit, writeCommit } from './commit.ts';
import { type ContentType, contentTypes, nameOf } from './enumerations.ts';
import { type Proposal, readProposal, writeProposal } from './proposal.ts';
import { readSender, type Sender, writeSender } from './sender.ts';

/** What a message carries: application data, a proposal or a commit. */
export type Content =
  | { readonly type: 'application'; readonly data: Bytes }
  | { readonly type: 'proposal'; readonly proposal: Proposal }
  | { readonly type: 'commit'; readonly commit: Commit };

/** A content with its group, epoch and sender (RFC 9420, section 6). */
export interface FramedContent {
  readonly groupId: Bytes;
  readonly epoch: bigint;
  readonly sender: Sender;
  readonly authenticatedData: Bytes;
  readonly content: Content;
}

/** Writes the content alone, without its type. */
export function writeContentBody(writer: Writer, content: Content): void {
  if (content.type === 'application') writer.opaque(content.data);
  else if (content.type === 'proposal') writeProposal(writer, content.proposal);
  else writeCommit(writer, content.commit);
}

/** Reads the content alone, of a type that is known. */
export function readContentBody(reader: Reader, type: ContentType): Content {
  if (type === 'application') return { type, data: reader.opaque() };
  if (type === 'proposal') return { type, proposal: readProposal(reader) };
  return { type, commit: readCommit(reader) };
}

/** Writes a FramedContent. */
export function writeFramedContent(writer: Writer, framed: FramedContent): void {
  writer.opaque(framed.groupId);
  writer.u64(framed.epoch);
  writeSender(writer, framed.sender);
  writer.opaque(framed.authenticatedData);
  writer.u8(contentTypes[framed.content.type]);
  writeContentBody(writer, framed.content);
}

/** Reads a FramedContent. */
export function readFramedContent(reader: Reader): FramedContent {
  return {
    groupId: reader.opaque(),
    epoch: reader.u64(),
    sender: readSender(reader),
    authenticatedData: reader.opaque(),
    content: readContentBody(reader, nameOf(contentTypes, reader.u8())),
  };
}
