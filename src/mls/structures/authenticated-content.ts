import type { Bytes } from '../bytes.ts';
import type { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { MlsError } from '../errors.ts';
import { type ContentType, nameOf, wireFormats } from './enumerations.ts';
import { type FramedContent, readFramedContent, writeFramedContent } from './framed-content.ts';

/** The signature of a content, and the tag that every commit has beside it (RFC 9420, section 6.1). */
export interface FramedContentAuthData {
  readonly signature: Bytes;
  /** For a commit, and for nothing else. */
  readonly confirmationTag: Bytes | undefined;
}

/** The two wire formats that frame a content. */
export type ContentWireFormat = 'mls_public_message' | 'mls_private_message';

/** A content with what authenticates it, whichever way it is sent (RFC 9420, section 6). */
export interface AuthenticatedContent {
  readonly wireFormat: ContentWireFormat;
  readonly content: FramedContent;
  readonly auth: FramedContentAuthData;
}

/** Writes FramedContentAuthData of a content of this type. Throws `confirmation_tag_missing` for a commit without one. */
export function writeAuthData(writer: Writer, auth: FramedContentAuthData, type: ContentType): void {
  writer.opaque(auth.signature);
  if (type !== 'commit') return;
  if (auth.confirmationTag === undefined) {
    throw new MlsError('confirmation_tag_missing', 'The commit has no confirmation tag.');
  }
  writer.opaque(auth.confirmationTag);
}

/** Reads FramedContentAuthData of a content of this type. */
export function readAuthData(reader: Reader, type: ContentType): FramedContentAuthData {
  return { signature: reader.opaque(), confirmationTag: type === 'commit' ? reader.opaque() : undefined };
}

/** Writes an AuthenticatedContent. */
export function writeAuthenticatedContent(writer: Writer, authenticated: AuthenticatedContent): void {
  writer.u16(wireFormats[authenticated.wireFormat]);
  writeFramedContent(writer, authenticated.content);
  writeAuthData(writer, authenticated.auth, authenticated.content.content.type);
}

/** Writes ConfirmedTranscriptHashInput, a commit without its confirmation tag (RFC 9420, section 8.2). */
export function writeConfirmedTranscriptHashInput(writer: Writer, authenticated: AuthenticatedContent): void {
  writer.u16(wireFormats[authenticated.wireFormat]);
  writeFramedContent(writer, authenticated.content);
  writer.opaque(authenticated.auth.signature);
}

const contentWireFormats = { mls_public_message: 1, mls_private_message: 2 } as const;

/** Reads an AuthenticatedContent. */
export function readAuthenticatedContent(reader: Reader): AuthenticatedContent {
  const wireFormat = nameOf(contentWireFormats, reader.u16());
  const content = readFramedContent(reader);
  return { wireFormat, content, auth: readAuthData(reader, content.content.type) };
}
