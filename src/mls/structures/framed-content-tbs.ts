import type { Bytes } from '../bytes.ts';
import { encode, type Writer } from '../codec/writer.ts';
import { MlsError } from '../errors.ts';
import { type AuthenticatedContent, type ContentWireFormat, writeAuthData } from './authenticated-content.ts';
import { mls10, wireFormats } from './enumerations.ts';
import { type FramedContent, writeFramedContent } from './framed-content.ts';

/** What a content's signature is over (RFC 9420, section 6.1). */
export interface FramedContentTbs {
  readonly wireFormat: ContentWireFormat;
  readonly content: FramedContent;
  /** The encoded GroupContext of the epoch: for a member and for a new member's commit. */
  readonly groupContext: Bytes | undefined;
}

function writeFramedContentTbs(writer: Writer, tbs: FramedContentTbs): void {
  writer.u16(mls10);
  writer.u16(wireFormats[tbs.wireFormat]);
  writeFramedContent(writer, tbs.content);
  const sender = tbs.content.sender.type;
  if (sender !== 'member' && sender !== 'new_member_commit') return;
  if (tbs.groupContext === undefined) {
    throw new MlsError('group_context_missing', 'The signature of a member covers the GroupContext.');
  }
  writer.fixed(tbs.groupContext);
}

/** Returns FramedContentTBS, what a content's signature is over. Throws `group_context_missing`. */
export function framedContentToBeSigned(tbs: FramedContentTbs): Bytes {
  return encode(writeFramedContentTbs, tbs);
}

/** Returns AuthenticatedContentTBM, what a membership tag is over (section 6.2). Throws `group_context_missing`. */
export function authenticatedContentToBeMaced(authenticated: AuthenticatedContent, groupContext: Bytes): Bytes {
  return encode((writer, { wireFormat, content, auth }) => {
    writeFramedContentTbs(writer, { wireFormat, content, groupContext });
    writeAuthData(writer, auth, content.content.type);
  }, authenticated);
}
