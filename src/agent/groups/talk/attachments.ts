import type { Bytes } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { JsonValue } from '../../../protocol/wire/json.ts';
import type { GroupAttachmentView } from '../../contracts/group-views.ts';
import { type GivenAttachment, largestAttachment } from '../../contracts/groups-api.ts';

/** Bytes of an attachment of a group, and of all that are kept of one group. */
export const attachmentLimits = { bytes: largestAttachment, ofGroup: 256 * 1_048_576 } as const;
/** Characters of a name (protocol page, section 4.3), which no file system takes more bytes of, and characters of a media type. */
const [longestName, longestMediaType] = [255, 127];
const mediaTypes = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,62}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,62}$/;
/** Names that Windows has devices under, whatever comes behind a dot. */
const devices = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;

/**
 * Returns a name that a file can be stored under anywhere: no path, no control or bidi character, no device, nothing hidden. What is
 * left of a name that is nothing else is `file`.
 */
export function safeFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[.\s~]+|[.\s]+$/g, '');
  const cut = shortName(plain);
  if (cut === '') return 'file';
  return devices.test((cut.split('.')[0] ?? '').trim()) ? shortName(`_${cut}`) : cut;
}

/** Returns as much of a name as a file system stores: 255 bytes of UTF-8, no character halved. */
function shortName(name: string): string {
  const { read } = new TextEncoder().encodeInto(name, new Uint8Array(longestName));
  return name.slice(0, read).replace(/[.\s]+$/, '');
}

/** Throws `invalid_input` for what is no attachment of a group: more than 1 MiB, or a media type that is none. */
export function requireAttachment({ bytes, mediaType = '' }: GivenAttachment): void {
  if (bytes.length > attachmentLimits.bytes) {
    throw new ParleyError('invalid_input', 'An attachment has at most 1 MiB. Nothing was sent.');
  }
  const type = essenceOf(mediaType);
  if (type === '' || isMediaType(type)) return;
  throw new ParleyError('invalid_input', 'attachment.mediaType is no media type, such as image/png. Nothing was sent.');
}

/** Returns a media type without its parameters. */
function essenceOf(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase();
}

function isMediaType(type: string): boolean {
  return type.length <= longestMediaType && mediaTypes.test(type);
}

/**
 * Returns the content of a message that has an attachment: its name and media type are the member `file` of it, since a payload has no
 * other place for them. Throws `invalid_input` for content that has no room for that.
 */
export function withFile(content: JsonValue, { name, mediaType }: GivenAttachment): JsonValue {
  // A browser's word for a type that it does not know is none.
  const type = essenceOf(mediaType ?? '');
  if (name === undefined && type === '') return content;
  const file = {
    ...(name === undefined ? {} : { name: safeFileName(name) }),
    ...(type === '' ? {} : { media_type: type }),
  };
  if (content === null) return { file };
  if (typeof content === 'string') return { text: content, file };
  if (typeof content === 'object' && !Array.isArray(content) && !('file' in content)) return { ...content, file };
  throw new ParleyError(
    'invalid_input',
    'With a named attachment the content is text, null, or an object without a member “file”. Nothing was sent.',
  );
}

/** Returns what a message says of its attachment: the sender's words, made safe. */
export function attachmentView(content: JsonValue, bytes: Bytes): GroupAttachmentView {
  const { name, media_type: mediaType } = membersOf(membersOf(content).file);
  return {
    size: bytes.length,
    ...(typeof name === 'string' ? { name: safeFileName(name) } : {}),
    ...(typeof mediaType === 'string' && isMediaType(mediaType) ? { mediaType: mediaType.toLowerCase() } : {}),
  };
}

function membersOf(value: JsonValue | undefined): Readonly<Record<string, JsonValue | undefined>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
