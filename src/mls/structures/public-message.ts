import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { MlsError } from '../errors.ts';
import { type FramedContentAuthData, readAuthData, writeAuthData } from './authenticated-content.ts';
import { type FramedContent, readFramedContent, writeFramedContent } from './framed-content.ts';

/** A content that is signed and not encrypted (RFC 9420, section 6.2). */
export interface PublicMessage {
  readonly content: FramedContent;
  readonly auth: FramedContentAuthData;
  /** For a sender that is a member, and for nobody else. */
  readonly membershipTag: Bytes | undefined;
}

/** Writes a PublicMessage. Throws `membership_tag_missing` for a member's without one. */
export function writePublicMessage(writer: Writer, message: PublicMessage): void {
  writeFramedContent(writer, message.content);
  writeAuthData(writer, message.auth, message.content.content.type);
  if (message.content.sender.type !== 'member') return;
  if (message.membershipTag === undefined) {
    throw new MlsError('membership_tag_missing', 'The message of a member has no membership tag.');
  }
  writer.opaque(message.membershipTag);
}

/** Reads a PublicMessage. */
export function readPublicMessage(reader: Reader): PublicMessage {
  const content = readFramedContent(reader);
  return {
    content,
    auth: readAuthData(reader, content.content.type),
    membershipTag: content.sender.type === 'member' ? reader.opaque() : undefined,
  };
}
